import { parseInstallation } from '../account/installation.ts';
import type {
  ListWorkspacesRequest,
  ListWorkspacesResponse,
  Workspace as WorkspaceMessage,
  WorkspaceServiceServer,
} from '../gen/gitpod/helper/v1/workspace_service.ts';
import type { Workspace } from '../workspaces/workspace.ts';
import { failureMessage } from './failureMessage.ts';
import { serverStream, unary } from './handle.ts';
import { notImplemented } from './notImplemented.ts';
import type { Session } from './session.ts';
import { phaseMessage, readPhases } from './workspacePhase.ts';
import { workspaceRefMessage } from './workspaceRef.ts';

const defaultPageSize = 50;
const maxPageSize = 500;

/** Serves WorkspaceService. */
export function workspaceService(session: Session): WorkspaceServiceServer {
  return {
    listWorkspaces: unary(async (request: ListWorkspacesRequest, signal): Promise<ListWorkspacesResponse> => {
      const page = await session.core.catalogue.list(
        {
          installations: request.hosts.map(parseInstallation),
          text: request.query,
          phases: readPhases(request.phases),
          pageSize: Math.min(request.pageSize === 0 ? defaultPageSize : request.pageSize, maxPageSize),
          pageToken: request.pageToken,
        },
        signal,
      );
      return {
        workspaces: page.workspaces.map(workspaceMessage),
        nextPageToken: page.nextPageToken,
        failures: page.failures.map(({ installation, failure }) => ({
          host: installation.host,
          failure: failureMessage(failure),
        })),
      };
    }),
    watchWorkspaces: serverStream(notImplemented('WorkspaceService.WatchWorkspaces')),
    startWorkspace: serverStream(notImplemented('WorkspaceService.StartWorkspace')),
    stopWorkspace: unary(notImplemented('WorkspaceService.StopWorkspace')),
    createWorkspace: serverStream(notImplemented('WorkspaceService.CreateWorkspace')),
  };
}

function workspaceMessage(workspace: Workspace): WorkspaceMessage {
  const { instance } = workspace;
  return {
    ref: workspaceRefMessage({ installation: workspace.installation, workspaceId: workspace.id, debug: false }),
    phase: phaseMessage(instance?.phase ?? 'stopped'),
    description: workspace.description,
    contextUrl: workspace.contextUrl,
    repository: workspace.repository,
    branch: workspace.branch,
    createdAt: workspace.createdAt,
    lastUsedAt: instance?.startedAt ?? instance?.createdAt,
    changedFiles: instance?.changedFiles,
    ideUrl: instance?.ideUrl ?? '',
    workspaceClass: instance?.workspaceClass ?? '',
    editor: '',
    pinned: workspace.pinned,
    organizationId: workspace.organizationId,
    failedCondition: instance?.failedCondition ?? '',
    timeoutCondition: instance?.timeoutCondition ?? '',
  };
}
