import type { IdentityFileEntry } from '../config/hostConfig.ts';
import type { Signing } from './identity.ts';
import { type PrivateKeyFile, readPrivateKeyFile } from './privateKeyFile.ts';
import type { PublicKey } from './publicKey.ts';
import { type PublicKeyFile, readPublicKeyFile } from './publicKeyFile.ts';
import { restrictionOfType } from './restrictionOfType.ts';

/** What an `IdentityFile` leads to without an agent. */
export interface FileCandidate {
  readonly source: 'config-file' | 'default-file' | 'certificate-file';
  readonly path: string;
  /** What OpenSSH shows the server before it has the private half; an agent's key is matched with this. */
  readonly offeredKey: PublicKey | undefined;
  /** The key a signature would be made with. */
  readonly publicKey: PublicKey | undefined;
  readonly signing: Signing;
  readonly notes: readonly string[];
}

/**
 * Reads an `IdentityFile` as OpenSSH does: the public half is the file itself, else `<file>.pub`, else what the private
 * file tells. Gives undefined for a default name that does not exist.
 */
export async function readIdentityFile(entry: IdentityFileEntry): Promise<FileCandidate | undefined> {
  const source = entry.origin === 'config' ? 'config-file' : 'default-file';
  const { path } = entry;
  const itself = await readPublicKeyFile(path);
  if (itself.state === 'read') {
    const { publicKey } = itself;
    return { source, path, offeredKey: publicKey, publicKey, signing: { kind: 'absent' }, notes: [] };
  }
  const privateFile = await readPrivateKeyFile(path);
  const publicFile = await readPublicKeyFile(`${path}.pub`);
  if (entry.origin === 'default' && privateFile.state === 'missing' && publicFile.state === 'missing') return undefined;

  const publicHalf = publicFile.state === 'read' ? publicFile.publicKey : undefined;
  const privateHalf = publicKeyIn(privateFile);
  const publicKey = privateHalf ?? publicHalf;
  return {
    source,
    path,
    offeredKey: publicHalf ?? (showsPublicHalf(privateFile) ? privateHalf : undefined),
    publicKey,
    signing: signingOf(privateFile, publicKey, publicHalf),
    notes: notesOn(path, publicFile, privateFile),
  };
}

function publicKeyIn(file: PrivateKeyFile): PublicKey | undefined {
  return file.state === 'plain' || file.state === 'encrypted' ? file.publicKey : undefined;
}

/** Only this format shows OpenSSH the public half; the others it loads when their turn comes. */
function showsPublicHalf(file: PrivateKeyFile): boolean {
  if (file.state !== 'plain' && file.state !== 'encrypted') return false;
  return file.format === 'openssh' && file.formatProblem === undefined;
}

function signingOf(file: PrivateKeyFile, publicKey: PublicKey | undefined, publicHalf: PublicKey | undefined): Signing {
  switch (file.state) {
    case 'plain': {
      const isOfPair = publicHalf === undefined || publicHalf.blob.equals(file.publicKey.blob);
      const isRefused = file.permissionsTooOpen || file.formatProblem !== undefined || !isOfPair;
      const signing = { kind: 'file', ...(isRefused ? { isRefusedByOpenSsh: true } : {}) } as const;
      return restrictionOfType(file.publicKey) ?? signing;
    }
    case 'encrypted':
      return (publicKey === undefined ? undefined : restrictionOfType(publicKey)) ?? { kind: 'passphrase' };
    case 'missing':
      return { kind: 'absent' };
    case 'unreadable':
    case 'not-a-private-key':
      return { kind: 'unsupported', reason: `the file ${file.reason}` };
  }
}

function notesOn(path: string, publicFile: PublicKeyFile, privateFile: PrivateKeyFile): readonly string[] {
  const notes: string[] = [];
  if (privateFile.state === 'missing') notes.push(`${path} does not exist.`);
  if (privateFile.state === 'unreadable' || privateFile.state === 'not-a-private-key') {
    notes.push(`${path} ${privateFile.reason}.`);
  }
  if (publicFile.state === 'unreadable' || publicFile.state === 'not-a-public-key') {
    notes.push(`${path}.pub ${publicFile.reason}.`);
  }
  const privateHalf = publicKeyIn(privateFile);
  if (publicFile.state === 'read' && privateHalf?.blob.equals(publicFile.publicKey.blob) === false) {
    notes.push(`${path}.pub is of another key than ${path}, so OpenSSH refuses the pair; the private key counts here.`);
  }
  if (privateFile.state === 'plain' || privateFile.state === 'encrypted') {
    const { permissionsTooOpen, formatProblem } = privateFile;
    if (permissionsTooOpen) {
      notes.push(`OpenSSH ignores ${path} because others may read it; \`chmod 600\` mends that.`);
    }
    if (formatProblem !== undefined) notes.push(`${path} ${formatProblem}.`);
  }
  return notes;
}
