import type { ControlPlane } from '../account/controlPlane.ts';
import type { WorkspaceInstanceRecord, WorkspacePhase, WorkspaceRecord } from '../account/records.ts';
import { watchWorkspace } from '../account/watchWorkspace.ts';
import { Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import { pause, raceSignal } from '../platform/deadline.ts';
import { conditionInWords, runningInstance } from './runningInstance.ts';
import type { WorkspaceRef } from './workspace.ts';

/** What of a control plane a start needs. */
export type Starter = Pick<ControlPlane, 'getWorkspace' | 'startWorkspace' | 'watchWorkspaces'>;

/** Changes are pushed; reading the workspace as well shows that it was deleted, and what a lost push has told. */
const rereadMs = 10_000;

/** The installation gives up after an hour itself, image build included. */
const startTimeoutMs = 3_660_000;

/**
 * Starts a workspace that is stopped or was never started, and waits until it runs; one that is on its way up is waited
 * for. Aborting ends the waiting only: what was started goes on starting.
 *
 * @param found the workspace as it was read just now.
 * @param onInstance is told of the instance in each new phase.
 * @throws Failure WORKSPACE_FAILED, WORKSPACE_STOPPED when it is going down, or somebody stopped it meanwhile,
 *   WORKSPACE_NOT_FOUND when it was deleted, WORKSPACE_STARTING when it takes longer than an hour, or as
 *   ControlPlane.startWorkspace; the signal's reason.
 */
export async function startAndFollow(
  ref: WorkspaceRef,
  found: WorkspaceRecord,
  controlPlane: Starter,
  onInstance: (instance: WorkspaceInstanceRecord) => void,
  signal: AbortSignal,
): Promise<WorkspaceInstanceRecord> {
  const changes = new Changes();
  using _watching = watchWorkspace(controlPlane, ref.workspaceId, (instance) => changes.add(instance));
  const isDown = (found.instance?.phase ?? 'stopped') === 'stopped';
  if (isDown) await controlPlane.startWorkspace(ref.workspaceId, signal);
  const stoppedId = isDown ? found.instance?.id : undefined;
  return await follow(ref, controlPlane, stoppedId, changes, onInstance, signal);
}

/** @param stoppedId the instance there was before: what is told of it late says nothing about the new one. */
async function follow(
  ref: WorkspaceRef,
  controlPlane: Starter,
  stoppedId: string | undefined,
  changes: Changes,
  onInstance: (instance: WorkspaceInstanceRecord) => void,
  signal: AbortSignal,
): Promise<WorkspaceInstanceRecord> {
  const giveUpAt = performance.now() + startTimeoutMs;
  let phase: WorkspacePhase | undefined;
  let next = await read(ref, controlPlane, signal);
  for (;;) {
    if (next !== undefined && next.id !== stoppedId) {
      requireOnItsWay(ref, next);
      if (next.phase !== phase) onInstance(next);
      if (next.phase === 'running') return next;
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
    if (!(error instanceof Failure && error.retryable) || error.code === 'SHUTTING_DOWN') throw error;
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
