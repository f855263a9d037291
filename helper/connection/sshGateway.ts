import { networkFailure, reachProblem } from '../account/networkFailure.ts';
import { Failure, failure } from '../failures.ts';
import { Deadline } from '../platform/deadline.ts';
import type { Network } from '../platform/network/network.ts';
import type { SshAuthentication } from '../ssh/client/authentication.ts';
import { connectSsh } from '../ssh/client/connectSsh.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import { type HostKey, verifyHostKey } from '../ssh/hostkeys/hostKey.ts';

const dialTimeoutMs = 10_000;
const handshakeTimeoutMs = 30_000;
const keepaliveIntervalMs = 3_000;
const keepaliveCountMax = 2;

/** One attempt to get into a workspace through the SSH gateway. */
export interface SshGatewayAttempt {
  readonly sshHost: string;
  readonly sshPort: number;
  readonly sshUser: string;
  readonly hostKeys: Promise<readonly HostKey[]>;
  readonly authentication: () => Promise<SshAuthentication>;
  readonly network: Network;
  readonly signal: AbortSignal;
  readonly onAuthenticating: () => void;
}

/**
 * Connects to the SSH gateway over TCP, its host key pinned to the published ones, and authenticates with one method.
 *
 * @throws Failure PORT_22_BLOCKED, HOST_NOT_FOUND, HOST_KEY_MISMATCH, HOST_KEYS_UNAVAILABLE, …; SshClientError where only
 *   the caller knows what it means (`authentication-refused`, `authentication-denied`, `signing`); or the signal's reason.
 */
export async function connectSshGateway(attempt: SshGatewayAttempt): Promise<SshConnection> {
  const { sshHost: host, sshPort, signal } = attempt;
  const socket = await dial(attempt);
  try {
    return await connectSsh({
      socket,
      user: attempt.sshUser,
      authentication: attempt.authentication,
      verifyHostKey: async (blob) => requireListed(host, blob, await attempt.hostKeys),
      onAuthenticating: attempt.onAuthenticating,
      handshakeTimeoutMs,
      keepaliveIntervalMs,
      keepaliveCountMax,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof SshClientError ? handshakeFailure(error, host, sshPort) : error;
  }
}

async function dial({ sshHost: host, sshPort, network, signal }: SshGatewayAttempt) {
  using deadline = new Deadline('connecting to the SSH gateway', dialTimeoutMs, signal);
  try {
    return await network.dial(host, sshPort, deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    const problem = networkFailure(error, host);
    if (problem.code === 'HOST_NOT_FOUND') throw problem;
    const reason = deadline.signal.aborted ? 'it does not answer' : reachProblem(error);
    throw failure('PORT_22_BLOCKED', { host, port: String(sshPort), problem: reason }, error);
  }
}

function requireListed(host: string, offered: Buffer, published: readonly HostKey[]): void {
  const verdict = verifyHostKey(offered, published);
  if (verdict.ok) return;
  const trusted = verdict.trustedFingerprints.join(', ');
  throw failure('HOST_KEY_MISMATCH', { host, offered: verdict.offeredFingerprint, trusted });
}

function handshakeFailure(error: SshClientError, host: string, port: number): Failure | SshClientError {
  switch (error.kind) {
    case 'host-key':
    case 'signing':
      return error.cause instanceof Failure ? error.cause : error;
    case 'silent':
      return failure(
        'PORT_22_BLOCKED',
        { host, port: String(port), problem: 'it accepts connections, then stalls' },
        error,
      );
    case 'not-ssh':
      return failure(
        'SSH_PROTOCOL_ERROR',
        { host, problem: 'it closed the connection before any key exchange' },
        error,
      );
    case 'handshake':
      return failure('SSH_PROTOCOL_ERROR', { host, problem: 'there are no algorithms in common' }, error);
    default:
      return error;
  }
}
