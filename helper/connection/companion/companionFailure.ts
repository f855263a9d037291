import { networkFailure } from '../../account/networkFailure.ts';
import { Failure, failure } from '../../failures.ts';
import { DeadlineError } from '../../platform/deadline.ts';
import { SshClientError } from '../../ssh/client/sshClientError.ts';
import type { WebSocketTunnel } from '../webSocketTunnel.ts';
import { GrpcWebError } from './grpcWebCall.ts';
import { ProtobufError } from './protobufFields.ts';

type Where = Pick<WebSocketTunnel, 'ref' | 'origin'>;

/** Why there is no SSH with the supervisor although the WebSocket is open. */
export function tunnelFailure(error: unknown, { origin }: Where): Failure {
  const problem = error instanceof DeadlineError ? 'it opens a tunnel, then stalls' : 'its tunnel does not come up';
  return failure('SSH_PROTOCOL_ERROR', { host: new URL(origin).host, problem }, error);
}

/** Why the supervisor's key pair cannot be had. */
export function keyPairFailure(error: unknown, where: Where): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof DeadlineError) return noKeyPair('the supervisor does not answer', error, where);
  if (error instanceof GrpcWebError && error.isUnauthorized) {
    const { installation, workspaceId } = where.ref;
    return failure('OWNER_TOKEN_REFUSED', { host: installation.host, workspaceId }, error);
  }
  if (error instanceof GrpcWebError) return noKeyPair(`the supervisor answered with ${error.problem}`, error, where);
  if (error instanceof ProtobufError) return unusableKey(error, where);
  return networkFailure(error, new URL(where.origin).host);
}

/** The supervisor's key is none, or of a kind that cannot sign here. */
export function unusableKey(error: unknown, where: Where): Failure {
  return noKeyPair('the supervisor gave no key that can be used', error, where);
}

function noKeyPair(problem: string, error: unknown, { origin }: Where): Failure {
  return failure('INSTALLATION_ERROR', { host: new URL(origin).host, method: 'CreateSSHKeyPair', problem }, error);
}

/** Why there is no SSH with the workspace's own server. */
export function workspaceSshFailure(error: unknown, { ref, origin }: Where): Failure {
  const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
  if (error instanceof DeadlineError) return failure('WORKSPACE_SSH_SILENT', where, error);
  if (!(error instanceof SshClientError)) return failure('WORKSPACE_SSH_DOWN', where, error);
  if (error.cause instanceof Failure) return error.cause;
  switch (error.kind) {
    case 'authentication-refused':
    case 'authentication-denied':
      return failure('SSH_ACCESS_DENIED', where, error);
    case 'host-key':
    case 'handshake': {
      const problem = 'the key exchange fails';
      return failure('SSH_PROTOCOL_ERROR', { host: new URL(origin).host, problem }, error);
    }
    case 'silent':
      return failure('WORKSPACE_SSH_SILENT', where, error);
    case 'not-ssh':
    case 'closed':
    case 'channel-refused':
      return failure('WORKSPACE_SSH_DOWN', where, error);
    case 'signing':
      return unusableKey(error, { ref, origin });
  }
}
