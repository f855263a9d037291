import { asObject, asString, dateAt, type JsonObject, objectAt, stringAt } from '../json.ts';
import type { WorkspaceInstanceRecord, WorkspacePhase, WorkspaceRecord } from '../records.ts';

/** What a workspace's status does not repeat. */
export interface WorkspaceSpec {
  readonly workspaceClass: string;
  readonly editor: string;
}

/**
 * Reads a `gitpod.v1.Workspace` (gitpod-wire §3.4). It tells neither when the workspace was made nor when its instance
 * was: the time of the latest change of phase stands for both. The repository is read off the context URL.
 *
 * @throws UnexpectedShapeError
 */
export function parseWorkspace(value: unknown): WorkspaceRecord {
  const workspace = asObject(value, 'workspace');
  const metadata = objectAt(workspace, 'metadata');
  const status = objectAt(workspace, 'status');
  const contextUrl = stringAt(metadata, 'originalContextUrl');
  const instance = parseStatus(status, specOf(workspace));
  return {
    id: asString(workspace['id'], 'workspace.id'),
    description: stringAt(metadata, 'name'),
    contextUrl,
    repository: repositoryOf(contextUrl),
    branch: stringAt(objectAt(status, 'gitStatus'), 'branch'),
    createdAt: changedAt(status) ?? new Date(0),
    organizationId: stringAt(metadata, 'organizationId'),
    pinned: metadata['pinned'] === true,
    ...(instance === undefined ? {} : { instance }),
  };
}

/** What of a `gitpod.v1.Workspace` its status leaves out. */
export function specOf(workspace: JsonObject): WorkspaceSpec {
  const spec = objectAt(workspace, 'spec');
  return { workspaceClass: stringAt(spec, 'class'), editor: stringAt(objectAt(spec, 'editor'), 'name') };
}

/** Reads a `gitpod.v1.WorkspaceStatus`; undefined for a workspace that was never started. */
export function parseStatus(status: JsonObject, spec: WorkspaceSpec): WorkspaceInstanceRecord | undefined {
  const id = stringAt(status, 'instanceId');
  if (id === '') return undefined;
  const conditions = objectAt(status, 'conditions');
  const startedAt = changedAt(status);
  const changedFiles = countChanges(objectAt(status, 'gitStatus'));
  return {
    id,
    phase: parsePhase(stringAt(objectAt(status, 'phase'), 'name')),
    ideUrl: stringAt(status, 'workspaceUrl'),
    ...spec,
    failedCondition: stringAt(conditions, 'failed'),
    timeoutCondition: stringAt(conditions, 'timeout'),
    stoppedByRequest: false, // not told
    configuredTimeout: '', // not told
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(changedFiles === undefined ? {} : { changedFiles }),
  };
}

function changedAt(status: JsonObject): Date | undefined {
  return dateAt(objectAt(status, 'phase'), 'lastTransitionTime');
}

/** `owner/name` of `https://github.com/owner/name/tree/main`. */
function repositoryOf(contextUrl: string): string {
  const [, owner, name] = URL.parse(contextUrl)?.pathname.split('/') ?? [];
  return owner === undefined || name === undefined ? '' : `${owner}/${name.replace(/\.git$/, '')}`;
}

/** The phases go by their names: the numbers are others than those of the other API. */
function parsePhase(name: string): WorkspacePhase {
  switch (name) {
    case 'PHASE_PREPARING':
      return 'preparing';
    case 'PHASE_IMAGEBUILD':
      return 'building';
    case 'PHASE_PENDING':
      return 'pending';
    case 'PHASE_CREATING':
      return 'creating';
    case 'PHASE_INITIALIZING':
      return 'initializing';
    case 'PHASE_RUNNING':
      return 'running';
    case 'PHASE_INTERRUPTED':
      return 'interrupted';
    case 'PHASE_STOPPING':
      return 'stopping';
    case 'PHASE_STOPPED':
      return 'stopped';
    default:
      return 'unknown';
  }
}

function countChanges(gitStatus: JsonObject): number | undefined {
  if (Object.keys(gitStatus).length === 0) return undefined;
  const total = (key: string) => {
    const count = gitStatus[key];
    return typeof count === 'number' ? count : 0;
  };
  return total('totalUncommitedFiles') + total('totalUntrackedFiles') + total('totalUnpushedCommits');
}
