import { Failure, failure } from '../failures.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import { runningInstance } from '../workspaces/runningInstance.ts';
import type { ConnectContext, ConnectRequest } from './connectWorkspace.ts';
import type { ConnectEvent } from './events.ts';
import type { HeartbeatTarget } from './heartbeat.ts';
import { PublishedHostKeys } from './hostKeys.ts';
import type { BackendStatus } from './joinLink/joinLink.ts';
import { waitForBackend } from './joinLink/waitForBackend.ts';
import { type RegisteredKeys, readRegisteredKeys } from './keyReport.ts';
import { type OpenedBackend, openBackend } from './openBackend.ts';
import { OwnerToken } from './ownerToken.ts';
import type { Plan, Route } from './plan.ts';
import { executePlan } from './planExecution.ts';
import { planWorkspace } from './planWorkspace.ts';
import { reachableWorkspace } from './reachableWorkspace.ts';
import { untilRunning } from './startWorkspace.ts';

/** Longer than any link takes that is worth keeping. */
const doubtTimeoutMs = 3_000;

/** An SSH connection that stands, and the way to the IDE backend over it. Disposing closes it. */
export interface Established extends OpenedBackend, AsyncDisposable {
  readonly route: Route;
  /** The workspace's instance that is connected. */
  readonly heartbeatTarget: HeartbeatTarget;
  /** The network may be another one now: an SSH connection that does not answer soon is given up. */
  readonly doubt: () => void;
  /** Asks the launcher again. @throws Failure */
  readonly askBackend: () => Promise<BackendStatus>;
}

/**
 * Gets to the IDE backend of a workspace once, with everything fetched anew: the workspace's state, the owner token, the
 * host keys, the plan. What does not depend on SSH goes on beside the handshake.
 *
 * @param occasion `first` may start the workspace and waits until it runs, `again` wants one that runs.
 * @throws Failure, or the signal's reason. Everything is released then.
 */
export async function establish(
  request: ConnectRequest,
  context: ConnectContext,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
  occasion: 'first' | 'again',
): Promise<Established> {
  // What goes on in the background ends when this attempt has failed, or when what came of it is closed.
  const over = new AbortController();
  const end = () => over.abort(failure('CANCELLED', {}));
  try {
    const established = await attempt(request, context, emit, AbortSignal.any([signal, over.signal]), occasion);
    return {
      ...established,
      [Symbol.asyncDispose]: () => {
        end();
        return established[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

async function attempt(
  request: ConnectRequest,
  context: ConnectContext,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
  occasion: 'first' | 'again',
): Promise<Established> {
  const { ref } = request;
  const { network } = context;
  const controlPlane = context.accounts.controlPlane(ref.installation);

  emit({ kind: 'phase', phase: 'RESOLVING', detail: ref.workspaceId });
  // All that is needed of the control plane is asked for at once: each question costs a round trip.
  const registeredKeys = background(readRegisteredKeys(controlPlane, signal));
  const tokenOfRunning = new OwnerToken(controlPlane, ref.workspaceId, signal);
  background(tokenOfRunning.get());
  const found = await controlPlane.getWorkspace(ref.workspaceId, signal);
  // Whoever stops a workspace while it is connected does not want it started again.
  const starting = { controlPlane, prompts: context.prompts, emit };
  const record = occasion === 'first' ? await untilRunning(request, found, starting, signal) : found;
  const { instance, address } = reachableWorkspace(ref, record);
  const hostKeys = new PublishedHostKeys(address.origin, network, signal);
  const ownerToken = record === found ? tokenOfRunning : new OwnerToken(controlPlane, ref.workspaceId, signal);
  background(ownerToken.get());

  emit({ kind: 'phase', phase: 'PLANNING', detail: '' });
  const plan = await planWorkspace(ref, record, request, context, signal, registeredKeys);
  emit({ kind: 'plan', plan });
  requireRoute(plan, request, await registeredKeys);

  /** Whether the backend is what the connection waits for: one that stands stays READY while the launcher is asked again. */
  let isWaitedFor = false;
  const requireRunning = async () => {
    runningInstance(ref, await controlPlane.getWorkspace(ref.workspaceId, signal));
  };
  const askBackend = () =>
    waitForBackend({
      ref,
      launcherOrigin: address.launcherOrigin,
      backendPort: request.backendPort,
      timeoutMs: request.backendTimeoutMs,
      startedAt: instance.startedAt,
      ownerToken,
      network,
      signal,
      requireRunning,
      onWaiting: (detail) => {
        if (isWaitedFor) emit({ kind: 'phase', phase: 'WAITING_FOR_BACKEND', detail });
      },
    });
  const backend = background(askBackend());
  const executing = executePlan({ plan, address, ownerToken, hostKeys, context, emit, signal });
  const { ssh, route } = await firstFailure(executing, backend);
  isWaitedFor = true;
  emit({ kind: 'phase', phase: 'WAITING_FOR_BACKEND', detail: '' });
  try {
    const opened = await openBackend(ref, ssh, backend, signal);
    isWaitedFor = false;
    const { workspaceId } = ref;
    const heartbeatTarget = { origin: address.origin, workspaceId, instanceId: instance.id, ownerToken };
    return {
      ...opened,
      route,
      heartbeatTarget,
      doubt: () => ssh.expectAnswer(doubtTimeoutMs),
      askBackend,
      [Symbol.asyncDispose]: () => ssh[Symbol.asyncDispose](),
    };
  } catch (error) {
    await ssh[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw await orWhyStopped(error, requireRunning);
  }
}

/** A workspace that was stopped meanwhile has no SSH server either: the control plane knows, unless it is away. */
async function orWhyStopped(error: unknown, requireRunning: () => Promise<void>): Promise<unknown> {
  if (!(error instanceof Failure)) return error;
  if (error.code !== 'WORKSPACE_SSH_DOWN' && error.code !== 'WORKSPACE_SSH_SILENT') return error;
  return requireRunning().then(
    () => error,
    (reason: unknown) => (reason instanceof Failure && reason.code === 'WORKSPACE_STOPPED' ? reason : error),
  );
}

/**
 * @throws Failure NO_MATCHING_KEY or NO_USABLE_METHOD with the reason of the method that was wanted; when only a key was
 *   wanted and the registered ones cannot be read, why that is: it may pass, and no key of this machine is to blame.
 */
function requireRoute(plan: Plan, { ref, method, useLocalApp }: ConnectRequest, registered: RegisteredKeys): void {
  if (plan.routes.some(({ verdict }) => verdict === 'CHOSEN')) return;
  if (method === 'SSH_GATEWAY_KEY' && registered instanceof Failure) throw registered;
  const wanted = useLocalApp ? 'LOCAL_COMPANION' : (method ?? 'SSH_GATEWAY_KEY');
  const reason = plan.routes.find((route) => route.method === wanted)?.reason ?? '';
  const code = method === 'SSH_GATEWAY_KEY' ? 'NO_MATCHING_KEY' : 'NO_USABLE_METHOD';
  throw failure(code, { host: ref.installation.host, workspaceId: ref.workspaceId, reason });
}

/** Lets a promise fail unobserved until somebody awaits it. */
function background<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Awaits `main`, but fails as soon as `other` does; a connection that comes too late is closed. */
async function firstFailure<T extends { ssh: SshConnection }>(main: Promise<T>, other: Promise<unknown>): Promise<T> {
  const failed = new Promise<never>((_, reject) => other.catch(reject));
  try {
    return await Promise.race([main, failed]);
  } catch (error) {
    main.then(({ ssh }) => ssh[Symbol.asyncDispose]()).catch(() => undefined);
    throw error;
  }
}
