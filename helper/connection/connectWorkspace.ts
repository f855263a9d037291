import type { Accounts } from '../account/accounts.ts';
import { Failure, failure } from '../failures.ts';
import type { Network } from '../platform/network/network.ts';
import type { OpenSshEnvironment } from '../ssh/config/openSsh.ts';
import type { RecentConnections } from '../workspaces/recentConnections.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { type Established, establish } from './establish.ts';
import type { ConnectEvent, Ready } from './events.ts';
import { type HeartbeatTarget, keepActive } from './heartbeat.ts';
import { rewriteJoinLink } from './joinLink/joinLink.ts';
import { tellChangedLink } from './joinLink/tellChangedLink.ts';
import { LocalForward } from './localForward.ts';
import type { PlanOptions } from './planWorkspace.ts';
import { type PortForward, PortForwards } from './portForwards.ts';
import type { Prompts } from './prompts.ts';
import { askByPrompt, withProxyLogin } from './proxyLogin.ts';
import { restoreConnection } from './restoreConnection.ts';
import { lossOf, SessionStates } from './sessionStates.ts';
import type { TransportMemory } from './transportMemory.ts';
import { untilLost } from './untilLost.ts';

/** What to connect. */
export interface ConnectRequest extends PlanOptions {
  readonly ref: WorkspaceRef;
  /** 0 for any free one. */
  readonly localPort: number;
  /** The IDE backend's own HTTP port; 0 for the usual one. */
  readonly backendPort: number;
  /** The user agreed that a stopped workspace is started; asked for otherwise. */
  readonly startIfStopped: boolean;
  /** Keep the workspace from timing out while a client is connected. */
  readonly additionalHeartbeat: boolean;
  /** How long the IDE backend may take to come up. */
  readonly backendTimeoutMs: number;
  /** Further ports of the workspace, each with its local one; 0 for any free one. */
  readonly forwards: readonly PortForward[];
}

/** What a connection is made with. */
export interface ConnectContext {
  readonly accounts: Accounts;
  readonly network: Network;
  readonly openSsh: OpenSshEnvironment;
  readonly sshPort: number;
  readonly prompts: Prompts;
  readonly transports: TransportMemory;
  readonly recents: RecentConnections;
}

/**
 * Connects a local port to the workspace's IDE backend and keeps it connected: a connection that is lost is dialled again
 * behind the same port, with everything fetched anew, until that makes no sense any more.
 *
 * @returns why it ended.
 * @throws Failure when it could not be made; the signal's reason when aborted. Everything is released by then.
 */
export async function connectWorkspace(
  request: ConnectRequest,
  context: ConnectContext,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
): Promise<Failure> {
  const startedAt = performance.now();
  const closedAtOnce = Promise.withResolvers<void>();
  await using forward = await LocalForward.listen(request.localPort, (connection) => {
    if (connection.endedByRemote && connection.bytesFromRemote === 0) closedAtOnce.resolve();
  });
  await using forwards = await PortForwards.listen(request.forwards);
  using states = new SessionStates();
  let current = await withProxyLogin(context.network, askByPrompt(context.prompts, emit, signal), () =>
    establish(request, context, emit, signal, 'first'),
  );
  states.after('established');
  const over = new AbortController();
  try {
    if (request.additionalHeartbeat) {
      const target = () => current.heartbeatTarget;
      keepWorkspaceActive(request, context, forward, target, AbortSignal.any([signal, over.signal]));
    }
    const ready = { ...describeReady(current, forward.port, startedAt), forwards: forwards.ports };
    forward.connectTo(current.openChannel);
    forwards.connectTo(current.openPort);
    emit({ kind: 'phase', phase: 'READY', detail: '' });
    const freshJoinLink = async () => rewriteJoinLink((await current.askBackend()).joinLink, forward.port);
    emit({ kind: 'ready', ready, freshJoinLink });
    context.recents.remember(request.ref);
    let { joinLink } = ready;
    for (;;) {
      const loss = await untilLost(request, context, current, forward, closedAtOnce.promise, emit, signal);
      if (states.after(lossOf(loss)) === 'ended') return loss;
      context.network.forgetIdleConnections();
      context.accounts.controlPlane(request.ref.installation).doubtConnection();
      forward.interrupt();
      forwards.interrupt();
      await current[Symbol.asyncDispose]();
      const restored = await restoreConnection(loss, states, request, context, emit, signal);
      if (restored instanceof Failure) return restored;
      current = restored;
      forward.connectTo(current.openChannel);
      forwards.connectTo(current.openPort);
      joinLink = tellChangedLink(joinLink, current.status, forward.port, emit);
    }
  } finally {
    over.abort(failure('CANCELLED', {}));
    await current[Symbol.asyncDispose]();
  }
}

function keepWorkspaceActive(
  { ref }: ConnectRequest,
  { accounts, network }: ConnectContext,
  forward: LocalForward,
  target: () => HeartbeatTarget,
  signal: AbortSignal,
): void {
  const controlPlane = accounts.controlPlane(ref.installation);
  const untilInUse = (until: AbortSignal) => forward.untilInUse(until);
  const keeping = keepActive({ network, controlPlane, untilInUse, target }, signal);
  keeping.catch(() => undefined); // ends with the signal only
}

function describeReady({ status, route }: Established, localPort: number, startedAt: number): Omit<Ready, 'forwards'> {
  return {
    localPort,
    joinLink: rewriteJoinLink(status.joinLink, localPort),
    ideVersion: status.ideVersion,
    projectPath: status.projectPath,
    backendPid: status.pid,
    method: route.method,
    transport: route.transport,
    elapsedMs: Math.round(performance.now() - startedAt),
  };
}
