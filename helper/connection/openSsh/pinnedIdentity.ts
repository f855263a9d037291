import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Identity } from '../../ssh/identities/identity.ts';
import type { IdentityMatches } from '../../ssh/identities/matchIdentities.ts';
import { fingerprintSha256 } from '../../ssh/identities/publicKey.ts';
import { writePrivateFile } from '../../ssh/openssh/privateFile.ts';

/** The one key that OpenSSH offers. */
export interface PinnedIdentity {
  /** For `IdentityFile`. */
  readonly file: string;
  readonly fingerprint: string;
}

/**
 * The key that OpenSSH shall offer: the first that is registered and with which OpenSSH signs
 * without asking, so that an agent full of other keys does not use up the attempts the server allows.
 *
 * @param directory where the public half of a key that only the agent has is written to.
 * @returns undefined when no such key is there.
 * @throws SshConfigWriteError
 */
export async function pinnedIdentity(matches: IdentityMatches, directory: string): Promise<PinnedIdentity | undefined> {
  const usable = matches.local.find(({ verdict, identity }) => verdict === 'usable' && signsInOpenSsh(identity));
  const publicKey = usable?.identity.publicKey;
  if (usable === undefined || publicKey === undefined) return undefined;
  const fingerprint = fingerprintSha256(publicKey.blob);
  if (usable.identity.path !== undefined) return { file: usable.identity.path, fingerprint };
  const name = createHash('sha256').update(publicKey.blob).digest('hex').slice(0, 16);
  const path = join(directory, `${name}.pub`);
  await writePrivateFile(path, `${publicKey.type} ${publicKey.blob.toString('base64')}\n`);
  return { file: path, fingerprint };
}

/** Whether an identity is the one that OpenSSH was given to offer, and OpenSSH can sign with it now. */
export function isOfferedByOpenSsh({ publicKey, signing }: Identity, pinnedFingerprint: string): boolean {
  return (
    publicKey !== undefined && fingerprintSha256(publicKey.blob) === pinnedFingerprint && signsInOpenSsh({ signing })
  );
}

/** Whether OpenSSH can sign with an identity with which a connection in process can. */
function signsInOpenSsh({ signing }: Pick<Identity, 'signing'>): boolean {
  return signing.kind !== 'file' || signing.isRefusedByOpenSsh !== true;
}
