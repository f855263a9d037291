import type { ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { rawSignature } from './signatureBlob.ts';
import { type Signer, signatureAlgorithm } from './signer.ts';

/**
 * Makes an agent of ssh2's kind that knows one key, so that ssh2 signs with any {@link Signer}. The base class is
 * passed in because ssh2 is loaded at first use.
 */
export function singleKeyAgent(
  BaseAgent: typeof import('ssh2').BaseAgent,
  signer: Signer,
  signal: AbortSignal,
): import('ssh2').BaseAgent<string> {
  return new (class extends BaseAgent<string> {
    override getIdentities(callback: (error: Error | undefined, keys?: string[]) => void): void {
      const { type, blob } = signer.publicKey;
      callback(undefined, [`${type} ${blob.toString('base64')}`]);
    }

    override sign(
      _key: string | Buffer | ParsedKey,
      data: Buffer,
      optionsOrCallback: SigningRequestOptions | SignCallback,
      maybeCallback?: SignCallback,
    ): void {
      const options = typeof optionsOrCallback === 'function' ? {} : optionsOrCallback;
      const callback = typeof optionsOrCallback === 'function' ? optionsOrCallback : maybeCallback;
      const rsaHash = options.hash === 'sha256' ? 'sha256' : 'sha512';
      signer.sign(data, signatureAlgorithm(signer.publicKey.type, rsaHash), signal).then(
        (blob) => callback?.(undefined, rawSignature(blob)),
        (error: Error) => callback?.(error),
      );
    }
  })();
}
