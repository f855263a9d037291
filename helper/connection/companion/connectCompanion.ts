import type { Duplex } from 'node:stream';
import { type Failure, failure } from '../../failures.ts';
import { Deadline, raceSignal } from '../../platform/deadline.ts';
import type { Secret } from '../../platform/secret.ts';
import { connectSsh } from '../../ssh/client/connectSsh.ts';
import type { Signer } from '../../ssh/client/signer.ts';
import type { SshConnection } from '../../ssh/client/sshConnection.ts';
import { textSigner } from '../../ssh/client/textSigner.ts';
import { type HostKey, parseHostKey } from '../../ssh/hostkeys/hostKey.ts';
import { requireTrustedHostKey } from '../hostKeys.ts';
import { sshLiveness } from '../sshLiveness.ts';
import { openSupervisorTunnel, type WebSocketTunnel } from '../webSocketTunnel.ts';
import { keyPairFailure, tunnelFailure, unusableKey, workspaceSshFailure } from './companionFailure.ts';
import { createSshKeyPair, type SupervisorKeyPair } from './supervisorKeyPair.ts';
import type { TunnelSession } from './tunnelSession.ts';

/** The port of the workspace's SSH server, which always has a tunnel (gitpod-wire §5.2). */
const workspaceSshPort = 23001;

const tunnelTimeoutMs = 20_000;
const keyPairTimeoutMs = 15_000;
const channelTimeoutMs = 10_000;

/** What the Local Companion's way needs: what opens its WebSocket, and whom to tell of the SSH user. */
export interface CompanionAttempt extends WebSocketTunnel {
  readonly onAuthenticating: (user: string) => void;
}

/**
 * Gets into a workspace as Gitpod's Local Companion did (legacy): a WebSocket to the supervisor, SSH with the supervisor
 * inside, and through a channel of that, SSH with the workspace's own server. That one is pinned to the host key that the
 * supervisor gives along with the key pair; the SSH gateway has no part in it.
 *
 * @throws Failure HOST_KEY_MISMATCH, HOST_KEYS_UNAVAILABLE, INSTALLATION_ERROR, SSH_ACCESS_DENIED, SSH_PROTOCOL_ERROR,
 *   WORKSPACE_SSH_DOWN, WORKSPACE_SSH_SILENT, or that of the WebSocket or the network; or the signal's reason.
 */
export async function connectCompanion(attempt: CompanionAttempt): Promise<SshConnection> {
  const tunnel = await openTunnel(attempt);
  try {
    const keyPair = await fetchKeyPair(attempt);
    const hostKey = requireHostKey(keyPair, attempt);
    const signer = await readSigner(keyPair.privateKey, attempt);
    const stream = await openWorkspaceSsh(tunnel, attempt);
    stream.once('close', () => tunnel[Symbol.dispose]()); // nothing else goes through it
    return await authenticate(stream, keyPair.userName, signer, hostKey, attempt);
  } catch (error) {
    tunnel[Symbol.dispose]();
    throw error;
  }
}

async function openTunnel(attempt: CompanionAttempt): Promise<TunnelSession> {
  const stream = await openSupervisorTunnel(attempt);
  using deadline = new Deadline('SSH with the supervisor', tunnelTimeoutMs, attempt.signal);
  const abandon = () => stream.destroy();
  deadline.signal.addEventListener('abort', abandon, { once: true });
  try {
    const { TunnelSession } = await import('./tunnelSession.ts');
    return await TunnelSession.connect(stream);
  } catch (error) {
    throw explain(attempt, tunnelFailure(deadline.signal.aborted ? deadline.signal.reason : error, attempt));
  } finally {
    deadline.signal.removeEventListener('abort', abandon);
  }
}

async function fetchKeyPair(attempt: CompanionAttempt): Promise<SupervisorKeyPair> {
  const { origin, ownerToken, network, signal } = attempt;
  using deadline = new Deadline('getting a key from the supervisor', keyPairTimeoutMs, signal);
  try {
    return await createSshKeyPair(origin, await ownerToken.get(), network, deadline.signal);
  } catch (error) {
    throw explain(attempt, keyPairFailure(deadline.signal.aborted ? deadline.signal.reason : error, attempt));
  }
}

function requireHostKey({ hostKey }: SupervisorKeyPair, { origin }: CompanionAttempt): HostKey {
  const { host } = new URL(origin);
  if (hostKey === undefined) {
    throw failure('HOST_KEYS_UNAVAILABLE', { host, problem: 'the supervisor gave none with its key pair' });
  }
  try {
    return parseHostKey(hostKey.type, hostKey.base64);
  } catch (error) {
    throw failure('HOST_KEYS_UNAVAILABLE', { host, problem: 'what the supervisor gave is no host key' }, error);
  }
}

async function readSigner(privateKey: Secret, attempt: CompanionAttempt): Promise<Signer> {
  try {
    return await textSigner(privateKey);
  } catch (error) {
    throw unusableKey(error, attempt);
  }
}

async function openWorkspaceSsh(tunnel: TunnelSession, attempt: CompanionAttempt): Promise<Duplex> {
  using deadline = new Deadline("opening a channel to the workspace's SSH server", channelTimeoutMs, attempt.signal);
  try {
    return await raceSignal(tunnel.open(workspaceSshPort), deadline.signal);
  } catch (error) {
    throw explain(attempt, workspaceSshFailure(error, attempt));
  }
}

async function authenticate(
  stream: Duplex,
  user: string,
  signer: Signer,
  hostKey: HostKey,
  attempt: CompanionAttempt,
): Promise<SshConnection> {
  const { host } = new URL(attempt.origin);
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
    throw explain(attempt, workspaceSshFailure(error, attempt));
  }
}

/** Whoever has cancelled the attempt wants to hear nothing else. */
function explain({ signal }: CompanionAttempt, explained: Failure): Failure {
  signal.throwIfAborted();
  return explained;
}
