import { connectSsh } from '../../ssh/client/connectSsh.ts';
import type { Signer } from '../../ssh/client/signer.ts';
import type { SshConnection } from '../../ssh/client/sshConnection.ts';
import { textSigner } from '../../ssh/client/textSigner.ts';
import { requireTrustedHostKey } from '../hostKeys.ts';
import { sshLiveness } from '../sshLiveness.ts';
import { unusableKey, workspaceSshFailure } from './companionFailure.ts';
import { type CompanionWay, type CompanionWayRequest, openCompanionWay } from './openCompanionWay.ts';

/** What the Local Companion's way needs, and whom to tell of the SSH user. */
export interface CompanionAttempt extends CompanionWayRequest {
  readonly onAuthenticating: (user: string) => void;
}

/**
 * Gets into a workspace as Gitpod's Local Companion did (legacy): SSH with the workspace's own server, pinned to the host
 * key that the supervisor gives along with the key pair. The SSH gateway has no part in it.
 *
 * @throws Failure HOST_KEY_MISMATCH, SSH_ACCESS_DENIED, or as {@link openCompanionWay}; or the signal's reason.
 */
export async function connectCompanion(attempt: CompanionAttempt): Promise<SshConnection> {
  const way = await openCompanionWay(attempt);
  try {
    return await authenticate(way, await readSigner(way, attempt), attempt);
  } catch (error) {
    way.stream.destroy();
    throw error;
  }
}

async function readSigner({ keyPair }: CompanionWay, attempt: CompanionAttempt): Promise<Signer> {
  try {
    return await textSigner(keyPair.privateKey);
  } catch (error) {
    throw unusableKey(error, attempt);
  }
}

async function authenticate(
  { stream, keyPair, hostKey }: CompanionWay,
  signer: Signer,
  attempt: CompanionAttempt,
): Promise<SshConnection> {
  const { host } = new URL(attempt.origin);
  const user = keyPair.userName;
  try {
    return await connectSsh({
      stream,
      user,
      authentication: async () => ({ method: 'publickey', signer }),
      verifyHostKey: async (blob) => requireTrustedHostKey(host, blob, [hostKey]),
      onAuthenticating: () => attempt.onAuthenticating(user),
      ...sshLiveness,
      signal: attempt.signal,
    });
  } catch (error) {
    attempt.signal.throwIfAborted();
    throw workspaceSshFailure(error, attempt);
  }
}
