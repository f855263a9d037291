import type { Duplex } from 'node:stream';
import { type Failure, failure } from '../failures.ts';
import { raceSignal } from '../platform/deadline.ts';
import { SshClientError } from '../ssh/client/sshClientError.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { BackendStatus } from './joinLink/joinLink.ts';
import type { OpenChannel } from './localForward.ts';

const firstChannelTimeoutMs = 10_000;
/** On a slow link under load an answer takes a while; that there is none at all is noticed by the connection itself. */
const laterChannelTimeoutMs = 30_000;

/** The way to the IDE backend over an SSH connection. */
export interface OpenedBackend {
  readonly status: BackendStatus;
  /** Opens a channel to the backend; the first one is open already. */
  readonly openChannel: OpenChannel;
  /** Opens a channel to any port of the workspace. */
  readonly openPort: (host: string, port: number) => Promise<Duplex>;
  /** Resolves with the reason when the SSH connection is lost. */
  readonly lost: Promise<Failure>;
}

/**
 * Opens the way to the IDE backend over an SSH connection that stands.
 *
 * Authentication's success says little: the SSH gateway gives it before it has reached the workspace
 * (ssh-gateway-observed §1). So a first channel to the backend is opened here; the client that comes first gets it.
 *
 * @throws Failure WORKSPACE_SSH_DOWN, WORKSPACE_SSH_SILENT, BACKEND_UNREACHABLE or that of the backend; or the signal's
 *   reason.
 */
export async function openBackend(
  ref: WorkspaceRef,
  ssh: SshConnection,
  backend: Promise<BackendStatus>,
  signal: AbortSignal,
): Promise<OpenedBackend> {
  const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
  const down = ssh.closed.then((reason) => {
    throw reason?.kind === 'silent'
      ? failure('WORKSPACE_SSH_SILENT', where, reason)
      : failure('WORKSPACE_SSH_DOWN', where, reason);
  });
  const status = await raceSignal(Promise.race([backend, down]), signal);
  const { backendHost, backendPort } = status.joinLink;
  const openPort = (host: string, port: number, timeoutMs = laterChannelTimeoutMs) =>
    ssh.openDirectTcpip(host, port, { timeoutMs, signal });
  const open = (timeoutMs?: number) => openPort(backendHost, backendPort, timeoutMs);
  const first = await Promise.race([open(firstChannelTimeoutMs), down]).catch((error: unknown) => {
    throw firstChannelFailure(error, where, backendPort);
  });
  const lost = ssh.closed.then((reason) => {
    const problem = reason?.kind === 'silent' ? 'the other side does not answer any more' : 'the other side closed it';
    return failure('SSH_CONNECTION_LOST', { ...where, problem }, reason);
  });
  return { status, openChannel: firstThenMore(first, () => open()), openPort, lost };
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
