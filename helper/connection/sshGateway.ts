import type { Duplex } from 'node:stream';
import { Failure, failure } from '../failures.ts';
import type { SshAuthentication } from '../ssh/client/authentication.ts';
import { connectSsh } from '../ssh/client/connectSsh.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import { type HostKey, verifyHostKey } from '../ssh/hostkeys/hostKey.ts';

const handshakeTimeoutMs = 30_000;
const keepaliveIntervalMs = 3_000;
const keepaliveCountMax = 2;

/** One attempt to get into a workspace through the SSH gateway. */
export interface SshGatewayAttempt {
  readonly sshHost: string;
  readonly sshPort: number;
  readonly sshUser: string;
  /** Opens what carries SSH: TCP, or the WebSocket. */
  readonly openStream: () => Promise<Duplex>;
  readonly hostKeys: Promise<readonly HostKey[]>;
  readonly authentication: () => Promise<SshAuthentication>;
  readonly signal: AbortSignal;
  readonly onAuthenticating: () => void;
}

/**
 * Speaks SSH with the SSH gateway, its host key pinned to the published ones, and authenticates with one method.
 *
 * @throws Failure HOST_KEY_MISMATCH, HOST_KEYS_UNAVAILABLE, PORT_22_BLOCKED, SSH_PROTOCOL_ERROR, or what opening the stream
 *   throws; SshClientError where only the caller knows what it means (`authentication-refused`, `authentication-denied`,
 *   `signing`); or the signal's reason.
 */
export async function connectSshGateway(attempt: SshGatewayAttempt): Promise<SshConnection> {
  const { sshHost: host, sshPort, signal } = attempt;
  const stream = await attempt.openStream();
  try {
    return await connectSsh({
      stream,
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
    case 'silent': {
      const problem = 'it accepts connections, then stalls';
      return failure('PORT_22_BLOCKED', { host, port: String(port), problem }, error);
    }
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
