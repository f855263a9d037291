import type { Accounts } from '../account/accounts.ts';
import { Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import { pause, raceSignal } from '../platform/deadline.ts';
import type { Network } from '../platform/network/network.ts';
import { watchNetwork } from '../platform/network/networkWatch.ts';
import type { OpenSshEnvironment } from '../ssh/config/openSsh.ts';
import type { RecentConnections } from '../workspaces/recentConnections.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { BackOff } from './backOff.ts';
import { type Established, establish } from './establish.ts';
import type { ConnectEvent, Ready } from './events.ts';
import { type HeartbeatTarget, keepActive } from './heartbeat.ts';
import { type BackendStatus, rewriteJoinLink } from './joinLink/joinLink.ts';
import { watchBackend } from './joinLink/watchBackend.ts';
import { LocalForward } from './localForward.ts';
import type { PlanOptions } from './planWorkspace.ts';
import { type PortForward, PortForwards } from './portForwards.ts';
import type { Prompts } from './prompts.ts';
import { askByPrompt, withProxyLogin } from './proxyLogin.ts';
import { failedAttemptOf, lossOf, SessionStates } from './sessionStates.ts';
import type { TransportMemory } from './transportMemory.ts';
import { watchForStop } from './watchForStop.ts';

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

const firstPauseMs = 500;
const longestPauseMs = 10_000;

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
      const restored = await restore(loss, states, request, context, emit, signal);
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

/** Carries bytes, and tells of a backend that was restarted, which then gets the connections. */
async function untilLost(
  request: ConnectRequest,
  context: ConnectContext,
  current: Established,
  forward: LocalForward,
  closedAtOnce: Promise<void>,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
): Promise<Failure> {
  const lost = new AbortController();
  const watchSignal = AbortSignal.any([signal, lost.signal]);
  const watching = watchBackend(
    current.status,
    current.askBackend,
    (status) => {
      const { backendHost, backendPort } = status.joinLink;
      forward.connectTo(() => current.openPort(backendHost, backendPort));
      tellChangedLink('', status, forward.port, emit);
    },
    watchSignal,
  );
  watching.catch(() => undefined); // ends with the signal only
  try {
    const closed = closedAtOnce.then(() => backendClosedAtOnce(request, current));
    const controlPlane = context.accounts.controlPlane(request.ref.installation);
    const { instanceId } = current.heartbeatTarget;
    const stopped = watchForStop(request.ref, instanceId, controlPlane, emit, watchSignal);
    stopped.catch(() => undefined); // ends with the signal
    using _watching = watchNetwork(() => {
      log.info('connection.doubted', { workspaceId: request.ref.workspaceId });
      current.doubt();
    });
    return await raceSignal(Promise.race([current.lost, closed, stopped]), signal);
  } finally {
    lost.abort(failure('CANCELLED', {}));
  }
}

/** Dials again with a back-off until it works, or until a failure says that it will not by itself. */
async function restore(
  loss: Failure,
  states: SessionStates,
  request: ConnectRequest,
  context: ConnectContext,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
): Promise<Established | Failure> {
  const interruptedAt = performance.now();
  const backOff = new BackOff(firstPauseMs, longestPauseMs);
  for (let reason = loss; ; ) {
    const pauseMs = backOff.nextMs();
    emit({ kind: 'interrupted', failure: reason, retryAt: new Date(Date.now() + pauseMs) });
    await pauseOnThisNetwork(pauseMs, signal);
    try {
      const established = await establish(request, context, emit, signal, 'again');
      states.after('established');
      const { method, transport } = established.route;
      const interruptedMs = Math.round(performance.now() - interruptedAt);
      emit({ kind: 'phase', phase: 'READY', detail: '' });
      emit({ kind: 'restored', method, transport, interruptedMs });
      return established;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failure)) throw error;
      log.info('connection.not_restored', { code: error.code, cause: error.cause });
      if (states.after(failedAttemptOf(error)) === 'ended') return error;
      reason = error;
    }
  }
}

/** Pauses, but not while another network may be there already. @throws the signal's reason */
async function pauseOnThisNetwork(pauseMs: number, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  using _watching = watchNetwork(() => enough.abort());
  try {
    await pause(pauseMs, AbortSignal.any([signal, enough.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!enough.signal.aborted) throw error;
  }
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

/** A client that is there keeps its session over a lost connection; it needs another link only for another backend. */
function tellChangedLink(
  before: string,
  status: BackendStatus,
  localPort: number,
  emit: (event: ConnectEvent) => void,
): string {
  const joinLink = rewriteJoinLink(status.joinLink, localPort);
  if (joinLink !== before) emit({ kind: 'join-link-changed', localPort, joinLink, backendPid: status.pid });
  return joinLink;
}

function backendClosedAtOnce({ ref }: ConnectRequest, { status }: Established): Failure {
  return failure('BACKEND_UNREACHABLE', {
    host: ref.installation.host,
    workspaceId: ref.workspaceId,
    port: String(status.joinLink.backendPort),
    problem: 'it closes them without a word',
  });
}
