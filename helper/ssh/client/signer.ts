import type { PublicKey } from '../identities/publicKey.ts';

/** Signature algorithms the client may ask for; for RSA the hash is a choice (RFC 8332). */
export type SignatureAlgorithm = 'rsa-sha2-256' | 'rsa-sha2-512' | 'ssh-ed25519' | `ecdsa-sha2-nistp${256 | 384 | 521}`;

/** The private half of a key, wherever it is. */
export interface Signer {
  readonly publicKey: PublicKey;
  /** Signs `data`. Resolves to an SSH signature blob: `string algorithm`, `string signature` (RFC 4253 §6.6). */
  sign(data: Buffer, algorithm: SignatureAlgorithm, signal: AbortSignal): Promise<Buffer>;
}

/** The algorithm a key signs with when the caller does not choose: SHA-512 for RSA. @throws Error for other key types. */
export function signatureAlgorithm(keyType: string, rsaHash: 'sha256' | 'sha512'): SignatureAlgorithm {
  switch (keyType) {
    case 'ssh-rsa':
      return rsaHash === 'sha256' ? 'rsa-sha2-256' : 'rsa-sha2-512';
    case 'ssh-ed25519':
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return keyType;
    default:
      throw new Error(`keys of type ${keyType} cannot sign here`);
  }
}
