import type { CreateOption } from '../account/records.ts';
import type {
  CreateOption as CreateOptionMessage,
  WatchWorkspacesResponse,
  Workspace as WorkspaceMessage,
} from '../gen/gitpod/helper/v1/workspace_service.ts';
import type { CatalogueEvent } from '../workspaces/catalogueWatch.ts';
import type { Workspace } from '../workspaces/workspace.ts';
import { failureMessage } from './failureMessage.ts';
import { phaseMessage } from './workspacePhase.ts';
import { workspaceRefMessage } from './workspaceRef.ts';

/** A workspace in the contract's form. */
export function workspaceMessage(workspace: Workspace): WorkspaceMessage {
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
    editor: instance?.editor ?? '',
    pinned: workspace.pinned,
    organizationId: workspace.organizationId,
    failedCondition: instance?.failedCondition ?? '',
    timeoutCondition: instance?.timeoutCondition ?? '',
    configuredTimeout: instance?.configuredTimeout ?? '',
    lastConnectedAt: workspace.lastConnectedAt,
  };
}

/** As many as make a message of about 200 kB. */
const snapshotPart = 500;

/** A change of the catalogue in the contract's form; a large snapshot in parts. */
export function* catalogueMessages(event: CatalogueEvent): Generator<WatchWorkspacesResponse> {
  switch (event.kind) {
    case 'snapshot': {
      const { workspaces } = event;
      let start = 0;
      do {
        const end = start + snapshotPart;
        const part = workspaces.slice(start, end).map(workspaceMessage);
        yield { event: { $case: 'snapshot', value: { workspaces: part, more: end < workspaces.length } } };
        start = end;
      } while (start < workspaces.length);
      return;
    }
    case 'changed':
      yield { event: { $case: 'changed', value: workspaceMessage(event.workspace) } };
      return;
    case 'removed':
      yield { event: { $case: 'removed', value: workspaceRefMessage(event.ref) } };
      return;
    case 'link': {
      const { host, link } = event;
      const stale = link.live ? {} : { staleSince: link.staleSince, failure: failureMessage(link.failure) };
      const value = { host, live: link.live, staleSince: undefined, failure: undefined, ...stale };
      yield { event: { $case: 'link', value } };
      return;
    }
  }
}

/** A choice for a new workspace in the contract's form. */
export function createOptionMessage({ id, name, description, isDefault }: CreateOption): CreateOptionMessage {
  return { id, name, description, isDefault };
}
