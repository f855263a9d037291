import type { WorkspaceInstanceRecord, WorkspaceRecord } from '../account/records.ts';
import { type Failure, failure } from '../failures.ts';
import type { WorkspaceRef } from './workspace.ts';

const longestCondition = 300;

/**
 * The instance of a workspace that runs.
 *
 * @throws Failure WORKSPACE_NEVER_STARTED, WORKSPACE_STOPPED or WORKSPACE_STARTING.
 */
export function runningInstance(
  ref: WorkspaceRef,
  { instance }: Pick<WorkspaceRecord, 'instance'>,
): WorkspaceInstanceRecord {
  const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
  if (instance === undefined) throw failure('WORKSPACE_NEVER_STARTED', where);
  switch (instance.phase) {
    case 'running':
      return instance;
    case 'stopping':
    case 'stopped':
      throw workspaceStopped(ref, instance);
    default:
      throw failure('WORKSPACE_STARTING', { ...where, phase: instance.phase });
  }
}

/** Says that a workspace is down, or on its way, and why as far as the installation tells. */
export function workspaceStopped(ref: WorkspaceRef, instance: WorkspaceInstanceRecord): Failure {
  const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
  return failure('WORKSPACE_STOPPED', { ...where, phase: instance.phase, why: whyStopped(instance) });
}

function whyStopped({ stoppedByRequest, failedCondition, timeoutCondition }: WorkspaceInstanceRecord): string {
  if (timeoutCondition !== '') return `it timed out (${conditionInWords(timeoutCondition)})`;
  if (failedCondition !== '') return conditionInWords(failedCondition);
  return stoppedByRequest ? 'somebody stopped it' : '';
}

/** A condition of the installation's, which may hold a whole log, as the end of a sentence. */
export function conditionInWords(condition: string): string {
  const line = condition.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > longestCondition ? `${line.slice(0, longestCondition)}…` : line.replace(/[.]+$/, '');
}
