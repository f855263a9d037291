import type { WorkspacePhase } from '../account/records.ts';
import type { Workspace } from './workspace.ts';

/** What a workspace must have to be listed. */
export interface WorkspaceFilter {
  /** Words that must all occur in id, description, repository, branch or context URL. */
  readonly text: string;
  /** Empty for all. */
  readonly phases: readonly WorkspacePhase[];
}

/** Pinned ones first, then running ones, then the most recently used; otherwise in the installation's own order. */
export function inOrder(workspaces: readonly Workspace[]): readonly Workspace[] {
  return workspaces.toSorted(
    (a, b) =>
      Number(b.pinned) - Number(a.pinned) ||
      Number(isRunning(b)) - Number(isRunning(a)) ||
      lastUsedAt(b).getTime() - lastUsedAt(a).getTime(),
  );
}

/** Whether a workspace is one of those looked for. */
export function matchesFilter(workspace: Workspace, { phases, text: sought }: WorkspaceFilter): boolean {
  if (phases.length > 0 && !phases.includes(workspace.instance?.phase ?? 'stopped')) return false;
  const { id, description, repository, branch, contextUrl } = workspace;
  const text = [id, description, repository, branch, contextUrl].join('\n').toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** When its latest instance was started; when it was made, if it has none. */
export function lastUsedAt({ instance, createdAt }: Workspace): Date {
  return instance?.startedAt ?? instance?.createdAt ?? createdAt;
}

function isRunning({ instance }: Workspace): boolean {
  return instance?.phase === 'running';
}
