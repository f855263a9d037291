import type { ControlPlane } from '../account/controlPlane.ts';
import type { WorkspaceInstanceRecord, WorkspacePhase, WorkspaceRecord } from '../account/records.ts';
import { Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import { pause, raceSignal } from '../platform/deadline.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { ConnectRequest } from './connectWorkspace.ts';
import type { ConnectEvent } from './events.ts';
import type { Prompt, Prompts } from './prompts.ts';
import { conditionInWords, runningInstance } from './runningWorkspace.ts';

type Starter = Pick<ControlPlane, 'getWorkspace' | 'startWorkspace' | 'watchWorkspace'>;

/** What a start is made with. */
export interface StartContext {
  readonly controlPlane: Starter;
  readonly prompts: Prompts;
  readonly emit: (event: ConnectEvent) => void;
}

/** Changes are pushed; reading the workspace as well shows that it was deleted, and what a lost push has told. */
const rereadMs = 10_000;

/** The installation gives up after an hour itself, image build included. */
const startTimeoutMs = 3_660_000;

/**
 * Waits until a workspace runs. One that is on its way up is waited for; one that is stopped or was never started is
 * started if the user agreed, or agrees when asked. Aborting ends the waiting only: what was started goes on starting.
 *
 * @param found the workspace as it was read just now.
 * @returns the workspace as it is then; as it was found when it is going down, or may not be started.
 * @throws Failure WORKSPACE_FAILED, TOO_MANY_RUNNING_WORKSPACES, WORKSPACE_STOPPED when somebody stopped it meanwhile,
 * WORKSPACE_NOT_FOUND when it was deleted, WORKSPACE_STARTING when it takes longer than an hour; the signal's reason.
 */
export async function untilRunning(
  request: Pick<ConnectRequest, 'ref' | 'startIfStopped'>,
  found: WorkspaceRecord,
  context: StartContext,
  signal: AbortSignal,
): Promise<WorkspaceRecord> {
  const phase = found.instance?.phase ?? 'stopped';
  if (phase === 'running' || phase === 'stopping') return found;
  const isDown = phase === 'stopped';
  if (isDown && !(await mayStart(request, found, context, signal))) return found;

  const { ref } = request;
  const { controlPlane } = context;
  const tell = (detail: string) => context.emit({ kind: 'phase', phase: 'STARTING_WORKSPACE', detail });
  const changes = new Changes();
  using _watching = controlPlane.watchWorkspace(ref.workspaceId, (instance) => changes.add(instance));
  if (isDown) {
    tell('asking for its start');
    await controlPlane.startWorkspace(ref.workspaceId, signal);
  }
  const stoppedId = isDown ? found.instance?.id : undefined;
  const instance = await follow(ref, controlPlane, stoppedId, changes, tell, signal);
  return { ...found, instance };
}

function mayStart(
  { ref, startIfStopped }: Pick<ConnectRequest, 'ref' | 'startIfStopped'>,
  { instance }: WorkspaceRecord,
  { prompts, emit }: StartContext,
  signal: AbortSignal,
): Promise<boolean> {
  if (startIfStopped) return Promise.resolve(true);
  const state = instance === undefined ? 'was never started' : 'is stopped';
  const title = `The workspace ${ref.workspaceId} ${state}. Start it?`;
  const show = (prompt: Prompt) => emit({ kind: 'prompt', prompt });
  return prompts.askConsent('START_WORKSPACE', title, show, signal);
}

/** @param stoppedId the instance there was before: what is told of it late says nothing about the new one. */
async function follow(
  ref: WorkspaceRef,
  controlPlane: Starter,
  stoppedId: string | undefined,
  changes: Changes,
  tell: (detail: string) => void,
  signal: AbortSignal,
): Promise<WorkspaceInstanceRecord> {
  const giveUpAt = performance.now() + startTimeoutMs;
  let phase: WorkspacePhase | undefined;
  let next = await read(ref, controlPlane, signal);
  for (;;) {
    if (next !== undefined && next.id !== stoppedId) {
      if (next.phase === 'running') return next;
      requireOnItsWay(ref, next);
      if (next.phase !== phase) tell(inWords(next.phase));
      phase = next.phase;
    }
    if (performance.now() > giveUpAt) {
      const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
      throw failure('WORKSPACE_STARTING', { ...where, phase: phase ?? 'no instance yet' });
    }
    next = (await changes.next(rereadMs, signal)) ?? (await read(ref, controlPlane, signal));
  }
}

/** @returns undefined also when it cannot be read just now. @throws Failure when that will not pass by itself. */
async function read(
  { workspaceId }: WorkspaceRef,
  controlPlane: Starter,
  signal: AbortSignal,
): Promise<WorkspaceInstanceRecord | undefined> {
  try {
    return (await controlPlane.getWorkspace(workspaceId, signal)).instance;
  } catch (error) {
    if (!(error instanceof Failure && error.retryable)) throw error;
    log.info('connection.start_not_read', { code: error.code, cause: error.cause });
    return undefined;
  }
}

/** @throws Failure WORKSPACE_FAILED or WORKSPACE_STOPPED. */
function requireOnItsWay(ref: WorkspaceRef, instance: WorkspaceInstanceRecord): void {
  if (instance.phase !== 'stopping' && instance.phase !== 'stopped') return;
  const condition = instance.failedCondition || instance.timeoutCondition;
  if (condition === '') runningInstance(ref, { instance });
  const problem = conditionInWords(condition);
  throw failure('WORKSPACE_FAILED', { host: ref.installation.host, workspaceId: ref.workspaceId, problem });
}

/** What is going on, for a person. */
function inWords(phase: WorkspacePhase): string {
  switch (phase) {
    case 'preparing':
      return 'preparing the workspace';
    case 'building':
      return 'building the workspace image';
    case 'pending':
      return 'allocating resources';
    case 'creating':
      return 'pulling the workspace image';
    case 'initializing':
      return 'initializing the workspace content';
    case 'interrupted':
      return 'checking the workspace';
    default:
      return phase;
  }
}

/** What was told and not yet looked at, in order. */
class Changes {
  readonly #queue: (WorkspaceInstanceRecord | undefined)[] = [];
  #arrived = Promise.withResolvers<void>();

  add(instance: WorkspaceInstanceRecord | undefined): void {
    this.#queue.push(instance);
    this.#arrived.resolve();
  }

  /** The next change; undefined when something may have been missed, or nothing came in time. */
  async next(timeoutMs: number, signal: AbortSignal): Promise<WorkspaceInstanceRecord | undefined> {
    if (this.#queue.length === 0) {
      this.#arrived = Promise.withResolvers<void>();
      const enough = new AbortController();
      const late = pause(timeoutMs, enough.signal);
      late.catch(() => undefined);
      try {
        await raceSignal(Promise.race([this.#arrived.promise, late]), signal);
      } finally {
        enough.abort();
      }
    }
    signal.throwIfAborted();
    return this.#queue.shift();
  }
}
