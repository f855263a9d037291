import type { WorkspaceInstanceRecord, WorkspaceRecord } from '../account/records.ts';
import { failure } from '../failures.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';

/**
 * The instance of a workspace that runs.
 *
 * @throws Failure WORKSPACE_NEVER_STARTED, WORKSPACE_STOPPED or WORKSPACE_STARTING.
 */
export function runningInstance(ref: WorkspaceRef, record: WorkspaceRecord): WorkspaceInstanceRecord {
  const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
  const { instance } = record;
  if (instance === undefined) throw failure('WORKSPACE_NEVER_STARTED', where);
  switch (instance.phase) {
    case 'running':
      return instance;
    case 'stopping':
    case 'stopped':
      throw failure('WORKSPACE_STOPPED', { ...where, phase: instance.phase });
    default:
      throw failure('WORKSPACE_STARTING', { ...where, phase: instance.phase });
  }
}
