import type { Directory } from '../model/directory.ts';
import { hadPod } from '../model/phase.ts';
import type { EmbeddedUser } from '../model/user.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import type { WorkspaceOptions } from '../model/workspaceOptions.ts';
import { isObject } from './jsonRpc.ts';
import { ErrorCode, RpcError } from './rpcError.ts';
import { censoredWorkspaceInfoView, userView, workspaceInfoView } from './views.ts';

export interface MethodContext {
  readonly user: EmbeddedUser;
  readonly directory: Directory;
  /** Makes a workspace and starts it. */
  readonly create: (owner: EmbeddedUser, options: Partial<WorkspaceOptions>) => EmbeddedWorkspace;
}

/** Answers one call; throws {@link RpcError} or a plain Error, which becomes code 500. */
export type Method = (context: MethodContext, args: readonly unknown[]) => unknown;

const defaultListLimit = 20;

/** The methods of the control plane that are built (gitpod-wire §2.4). */
export const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['getLoggedInUser', ({ user }) => userView(user)],
  ['getGitpodTokenScopes', ({ user }, [hash]) => oauthScopes(user, hash)],
  ['getWorkspaces', (context, [options]) => listWorkspaces(context, options)],
  ['getWorkspace', (context, [id]) => censoredWorkspaceInfoView(ownWorkspace(context, id))],
  ['startWorkspace', (context, [id]) => startWorkspace(ownWorkspace(context, id))],
  ['stopWorkspace', (context, [id]) => stopWorkspace(ownWorkspace(context, id))],
  ['deleteWorkspace', (context, [id]) => deleteWorkspace(context, ownWorkspace(context, id))],
  ['createWorkspace', (context, [options]) => createWorkspace(context, options)],
  ['getTeams', ({ user }) => user.organizations.map(organizationView)],
  ['getSupportedWorkspaceClasses', () => workspaceClasses],
  ['getIDEOptions', () => ideOptions],
  ['sendHeartBeat', (context, [options]) => sendHeartBeat(context, options)],
  ['getOwnerToken', (context, [id]) => ownerToken(ownWorkspace(context, id))],
  ['getSSHPublicKeys', ({ user }) => user.sshPublicKeys],
  ['addSSHPublicKey', ({ user }, [value]) => addSshPublicKey(user, value)],
]);

/** Personal access tokens are kept elsewhere, and hashed without their signature, so they are never found. */
function oauthScopes(user: EmbeddedUser, hash: unknown): readonly string[] {
  const token = typeof hash === 'string' ? user.findToken(hash) : undefined;
  return token?.kind === 'oauth' ? token.scopes : [];
}

function listWorkspaces({ user, directory }: MethodContext, given: unknown): unknown {
  const options = isObject(given) ? given : {};
  const { limit, searchString, pinnedOnly } = options;
  return directory
    .workspacesOf(user)
    .filter((workspace) => pinnedOnly !== true || workspace.options.pinned)
    .filter((workspace) => typeof searchString !== 'string' || matches(workspace, searchString))
    .sort(runningFirstThenNewest)
    .slice(0, typeof limit === 'number' ? limit : defaultListLimit)
    .map(workspaceInfoView);
}

function matches({ id, options }: EmbeddedWorkspace, searchString: string): boolean {
  return [id, options.description, options.contextUrl].some((text) => text.includes(searchString));
}

function runningFirstThenNewest(a: EmbeddedWorkspace, b: EmbeddedWorkspace): number {
  const running = Number(b.phase === 'running') - Number(a.phase === 'running');
  return running || Date.parse(b.options.creationTime) - Date.parse(a.options.creationTime);
}

function ownWorkspace({ user, directory }: MethodContext, id: unknown): EmbeddedWorkspace {
  const workspace = typeof id === 'string' ? directory.findWorkspace(id) : undefined;
  if (workspace?.owner !== user) throw new RpcError(ErrorCode.NOT_FOUND, 'Workspace not found.');
  return workspace;
}

function startWorkspace(workspace: EmbeddedWorkspace): unknown {
  workspace.start();
  return { instanceID: workspace.instanceId, workspaceURL: workspace.ideUrl };
}

function stopWorkspace(workspace: EmbeddedWorkspace): null {
  workspace.stop();
  return null;
}

function deleteWorkspace({ directory }: MethodContext, workspace: EmbeddedWorkspace): null {
  workspace.stop();
  directory.deleteWorkspace(workspace);
  return null;
}

/** Only repositories of one forge are known here; other URLs cannot be understood (error 460). */
function createWorkspace({ user, create }: MethodContext, given: unknown): unknown {
  const { contextUrl, organizationId, workspaceClass, ideSettings } = isObject(given) ? given : {};
  if (!user.organizations.some(({ id }) => id === organizationId)) {
    throw new RpcError(ErrorCode.BAD_REQUEST, 'organizationId is not one of yours');
  }
  const [, repository, branch] =
    /^https:\/\/github\.com\/example\/([\w.-]+)(?:\/tree\/([\w./-]+))?$/.exec(String(contextUrl)) ?? [];
  if (repository === undefined) throw new RpcError(ErrorCode.CONTEXT_PARSE_ERROR, 'Cannot parse context URL');
  if (repository === 'not-there') throw new RpcError(ErrorCode.NOT_FOUND, 'Repository not found');
  const workspace = create(user, {
    repository,
    branch: branch ?? 'main',
    contextUrl: String(contextUrl),
    neverStarted: true,
    phase: 'stopped',
    ...(typeof workspaceClass === 'string' ? { workspaceClass } : {}),
    ...(isObject(ideSettings) && typeof ideSettings['defaultIde'] === 'string'
      ? { editor: ideSettings['defaultIde'] }
      : {}),
  });
  workspace.start();
  return { createdWorkspaceId: workspace.id, workspaceURL: workspace.ideUrl };
}

function organizationView({ id, name }: { readonly id: string; readonly name: string }): object {
  return { id, name, slug: name.toLowerCase().replaceAll(/[^a-z]+/g, '-'), creationTime: new Date(0).toISOString() };
}

const workspaceClasses = [
  { id: 'g1-standard', category: 'GENERAL PURPOSE', displayName: 'Standard', description: '4 cores', isDefault: true },
  { id: 'g1-large', category: 'GENERAL PURPOSE', displayName: 'Large', description: '8 cores', isDefault: false },
];

const ideOptions = {
  options: {
    code: { orderKey: '00', title: 'VS Code', type: 'browser', label: 'Browser', image: 'code:1' },
    intellij: { orderKey: '10', title: 'IntelliJ IDEA', type: 'desktop', label: 'Ultimate', image: 'intellij:1' },
    goland: { orderKey: '20', title: 'GoLand', type: 'desktop', image: 'goland:1' },
    old: { orderKey: '99', title: 'Retired', type: 'desktop', image: 'old:1', hidden: true },
  },
  defaultIde: 'code',
  defaultDesktopIde: 'intellij',
};

function sendHeartBeat({ user, directory }: MethodContext, given: unknown): null {
  const { instanceId } = isObject(given) ? given : {};
  if (!directory.workspacesOf(user).some((workspace) => workspace.wasStarted && workspace.instanceId === instanceId)) {
    throw new RpcError(ErrorCode.NOT_FOUND, 'workspace does not exist');
  }
  return null;
}

function ownerToken(workspace: EmbeddedWorkspace): string {
  if (!workspace.wasStarted) throw new RpcError(ErrorCode.NOT_FOUND, 'No workspace instance found.');
  if (!hadPod(workspace.phase)) throw new RpcError(ErrorCode.NOT_FOUND, 'owner token not found');
  return workspace.ownerToken;
}

function addSshPublicKey(user: EmbeddedUser, value: unknown): unknown {
  const { name, key } = isObject(value) ? value : {};
  if (typeof name !== 'string' || typeof key !== 'string') {
    throw new RpcError(ErrorCode.BAD_REQUEST, 'name and key are needed');
  }
  return user.addSshPublicKey(name, key);
}
