import type { Duplex } from 'node:stream';
import { type Failure, failure } from '../failures.ts';
import { raceSignal } from '../platform/deadline.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { ConnectEvent } from './events.ts';
import { type BackendStatus, rewriteJoinLink } from './joinLink/joinLink.ts';
import type { LocalForward } from './localForward.ts';
import type { Route } from './plan.ts';

const channelTimeoutMs = 10_000;

/** An SSH connection that stands, and what it shall carry. */
export interface BackendToCarry {
  readonly ref: WorkspaceRef;
  readonly ssh: SshConnection;
  readonly route: Route;
  readonly backend: Promise<BackendStatus>;
  readonly forward: LocalForward;
  /** Resolves when a forwarded connection was closed by the backend before it said anything. */
  readonly backendClosed: Promise<void>;
  /** Of performance.now(), when the connection was asked for. */
  readonly startedAt: number;
  readonly emit: (event: ConnectEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Leads the local port to the IDE backend over an SSH connection, says so, and waits for the end.
 *
 * Authentication's success says little: the SSH gateway gives it before it has reached the workspace
 * (ssh-gateway-observed §1). So a first channel to the backend is opened before `ready`; the client that comes first gets it.
 *
 * @returns why the connection ended.
 * @throws Failure WORKSPACE_SSH_DOWN, WORKSPACE_SSH_SILENT, BACKEND_UNREACHABLE or that of the backend; or the signal's
 *   reason.
 */
export async function carryBackend(carry: BackendToCarry): Promise<Failure> {
  const { ssh, forward, signal } = carry;
  const where = { host: carry.ref.installation.host, workspaceId: carry.ref.workspaceId };
  const down = ssh.closed.then((reason) => {
    throw reason?.kind === 'silent'
      ? failure('WORKSPACE_SSH_SILENT', where, reason)
      : failure('WORKSPACE_SSH_DOWN', where, reason);
  });
  const status = await raceSignal(Promise.race([carry.backend, down]), signal);
  const { backendHost, backendPort } = status.joinLink;
  const open = () => ssh.openDirectTcpip(backendHost, backendPort, { timeoutMs: channelTimeoutMs, signal });
  const first = await Promise.race([open(), down]).catch((error: unknown) => {
    throw firstChannelFailure(error, where, backendPort);
  });

  forward.connectTo(firstThenMore(first, open));
  carry.emit({ kind: 'phase', phase: 'READY', detail: '' });
  carry.emit({
    kind: 'ready',
    ready: {
      localPort: forward.port,
      joinLink: rewriteJoinLink(status.joinLink, forward.port),
      ideVersion: status.ideVersion,
      projectPath: status.projectPath,
      backendPid: status.pid,
      method: carry.route.method,
      transport: carry.route.transport,
      elapsedMs: Math.round(performance.now() - carry.startedAt),
    },
  });

  const lost = ssh.closed.then((reason) => {
    const problem = reason?.kind === 'silent' ? 'the other side does not answer any more' : 'the other side closed it';
    return failure('SSH_CONNECTION_LOST', { ...where, problem }, reason);
  });
  const closedAtOnce = carry.backendClosed.then(() => {
    const problem = 'it closes them without a word';
    return failure('BACKEND_UNREACHABLE', { ...where, port: String(backendPort), problem });
  });
  return raceSignal(Promise.race([lost, closedAtOnce]), signal);
}

/** Gives out the channel that is open already to whoever asks first, unless the backend has ended it meanwhile. */
function firstThenMore(first: Duplex, open: () => Promise<Duplex>): () => Promise<Duplex> {
  let spare: Duplex | undefined = first;
  const watchForEnd = () => {
    if (first.readableLength === 0) discard(); // readable without data is how a stream that nobody reads shows its end
  };
  const discard = () => {
    spare = undefined;
    first.destroy();
  };
  first.on('readable', watchForEnd);
  first.once('error', discard);
  first.once('close', discard);
  return async () => {
    const channel = spare;
    if (channel === undefined) return open();
    spare = undefined;
    channel.off('readable', watchForEnd).off('error', discard).off('close', discard);
    return channel;
  };
}

function firstChannelFailure(
  error: unknown,
  where: { host: string; workspaceId: string },
  backendPort: number,
): unknown {
  if (!(error instanceof SshClientError)) return error;
  switch (error.kind) {
    case 'channel-refused': {
      const problem = 'nothing listens there';
      return failure('BACKEND_UNREACHABLE', { ...where, port: String(backendPort), problem }, error);
    }
    case 'silent':
      return failure('WORKSPACE_SSH_SILENT', where, error);
    default:
      return failure('WORKSPACE_SSH_DOWN', where, error);
  }
}
