import type { Secret } from '../../platform/secret.ts';
import { publicKeyFromBlob } from '../identities/publicKey.ts';
import { parsePrivateKey, signWith } from './fileSigner.ts';
import type { Signer } from './signer.ts';

/**
 * Signs with an unencrypted private key that is in memory, as ssh-keygen(1) writes them: openssh-key-v1, or PEM.
 *
 * @throws Error when the text is no such key.
 */
export async function textSigner(text: Secret): Promise<Signer> {
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(text.reveal());
  if (parsed instanceof Error) throw parsed;
  const publicKey = publicKeyFromBlob(parsed.getPublicSSH());
  const key = await parsePrivateKey(text.reveal(), undefined);
  return { publicKey, sign: async (data, algorithm) => signWith(key, data, algorithm) };
}
