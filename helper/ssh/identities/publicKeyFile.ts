import { SshKeyFormatError } from '../errors.ts';
import { readRegularFile } from '../regularFile.ts';
import { type PublicKey, parsePublicKeyLine } from './publicKey.ts';

export type PublicKeyFile =
  | { readonly state: 'read'; readonly publicKey: PublicKey }
  | { readonly state: 'missing' }
  /** `reason` ends a sentence that begins with the file's name. */
  | { readonly state: 'unreadable' | 'not-a-public-key'; readonly reason: string };

/** Reads the first public key in a file, as OpenSSH does. */
export async function readPublicKeyFile(path: string): Promise<PublicKeyFile> {
  const file = await readRegularFile(path);
  if (file.state !== 'read') return file;
  const publicKey = firstPublicKey(file.bytes.toString('utf8'));
  if (publicKey === undefined) return { state: 'not-a-public-key', reason: 'is not a public key file' };
  return { state: 'read', publicKey };
}

function firstPublicKey(text: string): PublicKey | undefined {
  for (const line of text.split('\n')) {
    try {
      return parsePublicKeyLine(line);
    } catch (error) {
      if (!(error instanceof SshKeyFormatError)) throw error;
    }
  }
  return undefined;
}
