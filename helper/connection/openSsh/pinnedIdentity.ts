import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Identity } from '../../ssh/identities/identity.ts';
import type { IdentityMatches } from '../../ssh/identities/matchIdentities.ts';
import { writePrivateFile } from '../../ssh/openssh/privateFile.ts';

/**
 * The `IdentityFile` that pins the key OpenSSH shall offer: the first that is registered and with which OpenSSH signs
 * without asking, so that an agent full of other keys does not use up the attempts the server allows.
 *
 * @param directory where the public half of a key that only the agent has is written to.
 * @returns undefined when no such key is there.
 * @throws SshConfigWriteError
 */
export async function pinnedIdentityFile(matches: IdentityMatches, directory: string): Promise<string | undefined> {
  const usable = matches.local.find(({ verdict, identity }) => verdict === 'usable' && signsInOpenSsh(identity));
  const publicKey = usable?.identity.publicKey;
  if (usable === undefined || publicKey === undefined) return undefined;
  if (usable.identity.path !== undefined) return usable.identity.path;
  const name = createHash('sha256').update(publicKey.blob).digest('hex').slice(0, 16);
  const path = join(directory, `${name}.pub`);
  await writePrivateFile(path, `${publicKey.type} ${publicKey.blob.toString('base64')}\n`);
  return path;
}

/** Whether OpenSSH can sign with an identity with which a connection in process can. */
export function signsInOpenSsh({ signing }: Identity): boolean {
  return signing.kind !== 'file' || signing.isRefusedByOpenSsh !== true;
}
