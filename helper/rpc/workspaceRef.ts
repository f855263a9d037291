import { parseInstallation } from '../account/installation.ts';
import { failure } from '../failures.ts';
import type { WorkspaceRef as WorkspaceRefMessage } from '../gen/gitpod/helper/v1/common.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';

/** Reads the workspace a request names. @throws Failure INVALID_ARGUMENT or WORKSPACE_ID_INVALID. */
export function readWorkspaceRef(message: WorkspaceRefMessage | undefined): WorkspaceRef {
  if (message === undefined) throw failure('INVALID_ARGUMENT', { argument: 'workspace', problem: 'it is missing' });
  return {
    installation: parseInstallation(message.host),
    workspaceId: checkWorkspaceId(message.workspaceId),
    debug: message.debug,
  };
}

/** A workspace's name in the contract's form. */
export function workspaceRefMessage(ref: WorkspaceRef): WorkspaceRefMessage {
  return { host: ref.installation.host, workspaceId: ref.workspaceId, debug: ref.debug };
}
