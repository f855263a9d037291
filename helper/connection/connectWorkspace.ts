import type { Accounts } from '../account/accounts.ts';
import { type Failure, failure } from '../failures.ts';
import type { Network } from '../platform/network/network.ts';
import type { SshConnection } from '../ssh/client/sshConnection.ts';
import type { OpenSshEnvironment } from '../ssh/config/openSsh.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { carryBackend } from './carryBackend.ts';
import type { ConnectEvent } from './events.ts';
import { fetchHostKeys } from './hostKeys.ts';
import { waitForBackend } from './joinLink/waitForBackend.ts';
import { LocalForward } from './localForward.ts';
import { OwnerToken } from './ownerToken.ts';
import type { Plan } from './plan.ts';
import { executePlan } from './planExecution.ts';
import { type PlanOptions, planWorkspace } from './planWorkspace.ts';
import type { Prompts } from './prompts.ts';
import { reachableWorkspace, runningInstance } from './runningWorkspace.ts';
import type { TransportMemory } from './transportMemory.ts';

/** What to connect. */
export interface ConnectRequest extends PlanOptions {
  readonly ref: WorkspaceRef;
  /** 0 for any free one. */
  readonly localPort: number;
  /** The IDE backend's own HTTP port; 0 for the usual one. */
  readonly backendPort: number;
  /** How long the IDE backend may take to come up. */
  readonly backendTimeoutMs: number;
}

/** What a connection is made with. */
export interface ConnectContext {
  readonly accounts: Accounts;
  readonly network: Network;
  readonly openSsh: OpenSshEnvironment;
  readonly sshPort: number;
  readonly prompts: Prompts;
  readonly transports: TransportMemory;
}

/**
 * Connects a local port to the workspace's IDE backend and carries bytes until the connection is lost.
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
  // What goes on in the background ends with the connection.
  const over = new AbortController();
  try {
    return await connect(request, context, emit, startedAt, AbortSignal.any([signal, over.signal]));
  } finally {
    over.abort(failure('CANCELLED', {}));
  }
}

async function connect(
  request: ConnectRequest,
  context: ConnectContext,
  emit: (event: ConnectEvent) => void,
  startedAt: number,
  signal: AbortSignal,
): Promise<Failure> {
  const { ref } = request;
  const { network } = context;
  const controlPlane = context.accounts.controlPlane(ref.installation);
  const backendClosed = Promise.withResolvers<void>();
  await using forward = await LocalForward.listen(request.localPort, (connection) => {
    if (connection.endedByRemote && connection.bytesFromRemote === 0) backendClosed.resolve();
  });

  emit({ kind: 'phase', phase: 'RESOLVING', detail: ref.workspaceId });
  const ownerToken = new OwnerToken(controlPlane, ref.workspaceId, signal);
  const record = await controlPlane.getWorkspace(ref.workspaceId, signal);
  const { instance, address } = reachableWorkspace(ref, record);

  // Neither depends on SSH: both run while the plan is made and the handshake goes on.
  const hostKeys = background(fetchHostKeys(address.origin, network, signal));
  background(ownerToken.get());

  emit({ kind: 'phase', phase: 'PLANNING', detail: '' });
  const plan = await planWorkspace(ref, record, request, context, signal);
  emit({ kind: 'plan', plan });
  requireRoute(plan, request);

  let sshIsUp = false;
  const backend = background(
    waitForBackend({
      ref,
      launcherOrigin: address.launcherOrigin,
      backendPort: request.backendPort,
      timeoutMs: request.backendTimeoutMs,
      startedAt: instance.startedAt,
      ownerToken,
      network,
      signal,
      requireRunning: async () => {
        runningInstance(ref, await controlPlane.getWorkspace(ref.workspaceId, signal));
      },
      onWaiting: (detail) => {
        if (sshIsUp) emit({ kind: 'phase', phase: 'WAITING_FOR_BACKEND', detail });
      },
    }),
  );
  const executing = executePlan({ plan, address, ownerToken, hostKeys, context, emit, signal });
  const { ssh: connection, route } = await firstFailure(executing, backend);
  await using ssh = connection;
  sshIsUp = true;
  emit({ kind: 'phase', phase: 'WAITING_FOR_BACKEND', detail: '' });
  return await carryBackend({
    ref,
    ssh,
    route,
    backend,
    forward,
    backendClosed: backendClosed.promise,
    startedAt,
    emit,
    signal,
  });
}

/** @throws Failure NO_MATCHING_KEY or NO_USABLE_METHOD with the reason of the method that was wanted. */
function requireRoute(plan: Plan, { ref, method, useLocalApp }: ConnectRequest): void {
  if (plan.routes.some(({ verdict }) => verdict === 'CHOSEN')) return;
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
