import { asArray, asObject, asString, dateAt, type JsonObject, objectAt, stringAt } from '../json.ts';
import {
  type RegisteredPublicKey,
  type UserRecord,
  type WorkspaceInstanceRecord,
  type WorkspacePhase,
  type WorkspaceRecord,
  workspacePhases,
} from '../records.ts';

/**
 * Reads a `WorkspaceInfo` (`{workspace, latestInstance?}`). The list is not censored by the server, so
 * `status.ownerToken` may be in it: it is left behind here.
 *
 * @throws UnexpectedShapeError
 */
export function parseWorkspaceInfo(value: unknown): WorkspaceRecord {
  const info = asObject(value, 'workspaceInfo');
  const workspace = asObject(info['workspace'], 'workspace');
  const context = objectAt(workspace, 'context');
  const repository = objectAt(context, 'repository');
  const owner = stringAt(repository, 'owner');
  const name = stringAt(repository, 'name');
  const instance = info['latestInstance'];
  return {
    id: asString(workspace['id'], 'workspace.id'),
    description: stringAt(workspace, 'description'),
    contextUrl: stringAt(workspace, 'contextURL') || stringAt(context, 'normalizedContextURL'),
    repository: owner !== '' && name !== '' ? `${owner}/${name}` : name,
    branch: stringAt(context, 'ref'),
    createdAt: dateAt(workspace, 'creationTime') ?? new Date(0),
    organizationId: stringAt(workspace, 'organizationId'),
    pinned: workspace['pinned'] === true,
    ...(instance === undefined || instance === null ? {} : { instance: parseInstance(instance) }),
  };
}

/** Reads a `WorkspaceInstance`, as in `latestInstance` and in the notification `onInstanceUpdate`. */
export function parseInstance(value: unknown): WorkspaceInstanceRecord {
  const instance = asObject(value, 'instance');
  const status = objectAt(instance, 'status');
  const conditions = objectAt(status, 'conditions');
  const startedAt = dateAt(instance, 'startedTime');
  const createdAt = dateAt(instance, 'creationTime');
  const changedFiles = countChanges(instance['gitStatus']);
  return {
    id: asString(instance['id'], 'instance.id'),
    phase: parsePhase(stringAt(status, 'phase')),
    ideUrl: stringAt(instance, 'ideUrl'),
    workspaceClass: stringAt(instance, 'workspaceClass'),
    failedCondition: stringAt(conditions, 'failed'),
    timeoutCondition: stringAt(conditions, 'timeout'),
    editor: stringAt(objectAt(objectAt(instance, 'configuration'), 'ideConfig'), 'ide'),
    configuredTimeout: stringAt(status, 'timeout'),
    stoppedByRequest: conditions['stoppedByRequest'] === true,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(changedFiles === undefined ? {} : { changedFiles }),
  };
}

/** Reads a `UserSSHPublicKeyValue[]`. @throws UnexpectedShapeError */
export function parsePublicKeys(value: unknown): readonly RegisteredPublicKey[] {
  return asArray(value, 'keys').map((entry) => {
    const key = asObject(entry, 'key');
    return { name: stringAt(key, 'name'), key: asString(key['key'], 'key.key') };
  });
}

/** Reads a `User`. @throws UnexpectedShapeError */
export function parseUser(value: unknown): UserRecord {
  const user = asObject(value, 'user');
  return { id: asString(user['id'], 'user.id'), name: stringAt(user, 'name') || stringAt(user, 'fullName') };
}

function parsePhase(text: string): WorkspacePhase {
  return workspacePhases.find((phase) => phase === text) ?? 'unknown';
}

function countChanges(gitStatus: unknown): number | undefined {
  if (typeof gitStatus !== 'object' || gitStatus === null) return undefined;
  const status: JsonObject = { ...gitStatus };
  const total = (key: string) => {
    const count = status[`total${key}`];
    if (typeof count === 'number') return count;
    const list = status[`${key.charAt(0).toLowerCase()}${key.slice(1)}`];
    return Array.isArray(list) ? list.length : 0;
  };
  return total('UncommitedFiles') + total('UntrackedFiles') + total('UnpushedCommits');
}
