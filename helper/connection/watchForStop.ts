import type { ControlPlane } from '../account/controlPlane.ts';
import type { WorkspaceInstanceRecord } from '../account/records.ts';
import { watchWorkspace } from '../account/watchWorkspace.ts';
import { Failure } from '../failures.ts';
import { log } from '../log.ts';
import { BackOff } from '../platform/backOff.ts';
import { pause, raceSignal } from '../platform/deadline.ts';
import { workspaceStopped } from '../workspaces/runningInstance.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { ConnectEvent } from './events.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * Watches the workspace of a connection that lives. That it goes down is told at once; a control plane that is away
 * for a while is nothing to tell.
 *
 * @param instanceId the instance that is connected.
 * @returns WORKSPACE_STOPPED when that instance is down; WORKSPACE_NOT_FOUND when the workspace was deleted.
 * @throws the signal's reason; never anything else.
 */
export async function watchForStop(
  ref: WorkspaceRef,
  instanceId: string,
  controlPlane: Pick<ControlPlane, 'watchWorkspaces' | 'getWorkspace'>,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
): Promise<Failure> {
  const down = Promise.withResolvers<Failure>();
  let isStopping = false;
  let rereading: Promise<void> | undefined;
  const look = (instance: WorkspaceInstanceRecord | undefined) => {
    if (instance?.id !== instanceId) return;
    if (instance.phase !== 'stopping' && instance.phase !== 'stopped') return;
    if (!isStopping) emit({ kind: 'workspace-stopping', ...stopOf(instance) });
    isStopping = true;
    if (instance.phase === 'stopped') down.resolve(workspaceStopped(ref, instance));
  };
  const reread = async () => {
    const read = await readAgain(ref, controlPlane, signal);
    rereading = undefined;
    if (read instanceof Failure) down.resolve(read);
    else look(read);
  };
  using _watching = watchWorkspace(controlPlane, ref.workspaceId, (instance) => {
    if (instance !== undefined) look(instance);
    else rereading ??= reread();
    rereading?.catch(() => undefined); // ends with the signal only
  });
  return await raceSignal(down.promise, signal);
}

function stopOf({ stoppedByRequest, failedCondition, timeoutCondition }: WorkspaceInstanceRecord) {
  const condition = timeoutCondition || failedCondition;
  return { byRequest: stoppedByRequest || condition === '', condition };
}

/** Reads what may have been missed, as soon as the control plane is back. */
async function readAgain(
  { workspaceId }: WorkspaceRef,
  controlPlane: Pick<ControlPlane, 'getWorkspace'>,
  signal: AbortSignal,
): Promise<WorkspaceInstanceRecord | Failure | undefined> {
  const backOff = new BackOff(firstPauseMs, longestPauseMs);
  for (let pauseMs = 0; ; pauseMs = backOff.nextMs()) {
    await pause(pauseMs, signal);
    try {
      return (await controlPlane.getWorkspace(workspaceId, signal)).instance;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure && error.code === 'WORKSPACE_NOT_FOUND') return error;
      log.info('connection.workspace_not_read', { error });
    }
  }
}
