import type { WorkspaceInstanceRecord, WorkspaceRecord } from '../account/records.ts';
import { failure } from '../failures.ts';
import { runningInstance } from '../workspaces/runningInstance.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { type WorkspaceAddress, workspaceAddress } from './workspaceAddress.ts';

/**
 * The instance of a workspace that runs, and where it is reached.
 *
 * @throws Failure as {@link runningInstance}, or INSTALLATION_ERROR when there is no usable address.
 */
export function reachableWorkspace(
  ref: WorkspaceRef,
  record: WorkspaceRecord,
): { readonly instance: WorkspaceInstanceRecord; readonly address: WorkspaceAddress } {
  const instance = runningInstance(ref, record);
  const address = workspaceAddress(ref, instance.ideUrl);
  if (address !== undefined) return { instance, address };
  const problem = 'its address for the workspace cannot be used';
  throw failure('INSTALLATION_ERROR', { host: ref.installation.host, method: 'getWorkspace', problem });
}
