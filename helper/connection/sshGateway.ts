import type { Duplex } from 'node:stream';
import { Failure, failure } from '../failures.ts';
import type { SshAuthentication } from '../ssh/client/authentication.ts';
import { connectSsh } from '../ssh/client/connectSsh.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import type { PublishedHostKeys } from './hostKeys.ts';
import type { ConnectionTransport } from './plan.ts';
import { sshLiveness } from './sshLiveness.ts';
import { stalledTransport } from './stalledTransport.ts';
import type { WorkspaceAddress } from './workspaceAddress.ts';

/** One attempt to get into a workspace through the SSH gateway. */
export interface SshGatewayAttempt {
  readonly address: WorkspaceAddress;
  readonly sshPort: number;
  readonly transport: ConnectionTransport;
  /** Opens what carries SSH. */
  readonly openStream: () => Promise<Duplex>;
  readonly hostKeys: PublishedHostKeys;
  readonly authentication: () => Promise<SshAuthentication>;
  readonly signal: AbortSignal;
  readonly onAuthenticating: () => void;
}

/**
 * Speaks SSH with the SSH gateway, its host key pinned to the published ones, and authenticates with one method.
 *
 * @throws Failure HOST_KEY_MISMATCH, HOST_KEYS_UNAVAILABLE, PORT_22_BLOCKED, TUNNEL_REFUSED, SSH_PROTOCOL_ERROR, or what
 *   opening the stream throws; SshClientError where only the caller knows what it means (`authentication-refused`, `authentication-denied`,
 *   `signing`); or the signal's reason.
 */
export async function connectSshGateway(attempt: SshGatewayAttempt): Promise<SshConnection> {
  const { address, signal } = attempt;
  const stream = await attempt.openStream();
  try {
    return await connectSsh({
      stream,
      user: address.sshUser,
      authentication: attempt.authentication,
      verifyHostKey: (blob) => attempt.hostKeys.requirePublished(address.sshHost, blob),
      onAuthenticating: attempt.onAuthenticating,
      ...sshLiveness,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof SshClientError ? handshakeFailure(error, attempt) : error;
  }
}

function handshakeFailure(
  error: SshClientError,
  { address, sshPort, transport }: SshGatewayAttempt,
): Failure | SshClientError {
  const host = address.sshHost;
  switch (error.kind) {
    case 'host-key':
    case 'signing':
      return error.cause instanceof Failure ? error.cause : error;
    case 'silent':
      return stalledTransport(transport, address, sshPort, error);
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
