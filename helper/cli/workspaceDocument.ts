import type { CatalogueEvent } from '../workspaces/catalogueWatch.ts';
import type { Workspace } from '../workspaces/workspace.ts';
import { lastUsedAt } from '../workspaces/workspaceOrder.ts';
import { failureDocument } from './output.ts';

/** A workspace for a program. */
export function workspaceDocument(workspace: Workspace): object {
  const { instance } = workspace;
  return {
    host: workspace.installation.host,
    id: workspace.id,
    phase: instance?.phase ?? 'stopped',
    description: workspace.description,
    context_url: workspace.contextUrl,
    repository: workspace.repository,
    branch: workspace.branch,
    changed_files: instance?.changedFiles ?? null,
    ide_url: instance?.ideUrl ?? '',
    workspace_class: instance?.workspaceClass ?? '',
    editor: instance?.editor ?? '',
    configured_timeout: instance?.configuredTimeout ?? '',
    created_at: workspace.createdAt.toISOString(),
    last_used_at: (instance?.startedAt ?? instance?.createdAt)?.toISOString() ?? null,
    last_connected_at: workspace.lastConnectedAt?.toISOString() ?? null,
    pinned: workspace.pinned,
    organization_id: workspace.organizationId,
  };
}

/** A change of the catalogue for a program. */
export function catalogueDocument(event: CatalogueEvent): object {
  switch (event.kind) {
    case 'snapshot':
      return { snapshot: event.workspaces.map(workspaceDocument) };
    case 'changed':
      return { changed: workspaceDocument(event.workspace) };
    case 'removed':
      return { removed: { host: event.ref.installation.host, id: event.ref.workspaceId } };
    case 'link':
      return event.link.live
        ? { link: { host: event.host, live: true } }
        : {
            link: {
              host: event.host,
              live: false,
              stale_since: event.link.staleSince?.toISOString() ?? null,
              failure: failureDocument(event.link.failure),
            },
          };
  }
}

/** The cells of a workspace's row for a person: id, phase, repository and branch with changes, last use, description. */
export function workspaceCells(workspace: Workspace, now: Date): readonly string[] {
  const { id, instance, repository, branch, description, pinned } = workspace;
  const changes = instance?.changedFiles ?? 0;
  return [
    id,
    instance?.phase ?? 'never started',
    `${branch === '' ? repository : `${repository} (${branch})`}${changes === 0 ? '' : `, ${changes} changed`}`,
    age(now.getTime() - lastUsedAt(workspace).getTime()),
    pinned ? `pinned: ${description}` : description,
  ];
}

/** What stands above {@link workspaceCells}. */
export const workspaceHeadings: readonly string[] = ['WORKSPACE', 'PHASE', 'REPOSITORY', 'USED', 'DESCRIPTION'];

function age(elapsedMs: number): string {
  const minutes = Math.max(0, Math.round(elapsedMs / 60_000));
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}
