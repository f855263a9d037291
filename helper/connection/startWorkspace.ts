import type { WorkspaceInstanceRecord, WorkspaceRecord } from '../account/records.ts';
import { phaseInWords } from '../workspaces/phaseInWords.ts';
import { type Starter, startAndFollow } from '../workspaces/startAndFollow.ts';
import type { ConnectRequest } from './connectWorkspace.ts';
import type { ConnectEvent } from './events.ts';
import type { Prompt, Prompts } from './prompts.ts';

/** What a start is made with. */
export interface StartContext {
  readonly controlPlane: Starter;
  readonly prompts: Prompts;
  readonly emit: (event: ConnectEvent) => void;
}

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

  const tell = (detail: string) => context.emit({ kind: 'phase', phase: 'STARTING_WORKSPACE', detail });
  if (isDown) tell('asking for its start');
  const onInstance = (instance: WorkspaceInstanceRecord) => {
    if (instance.phase !== 'running') tell(phaseInWords(instance.phase));
  };
  const instance = await startAndFollow(request.ref, found, context.controlPlane, onInstance, signal);
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
