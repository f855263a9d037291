import { isObject } from '../control-plane/jsonRpc.ts';
import { type MethodContext, methods } from '../control-plane/methods.ts';
import { RpcError } from '../control-plane/rpcError.ts';
import { hadPod } from '../model/phase.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { ConnectServiceError } from './connectProtocol.ts';
import { workspaceView } from './workspaceView.ts';

/** Answers one unary call. */
export type Service = (context: MethodContext, request: Readonly<Record<string, unknown>>) => object;

const maxPageSize = 400;
const defaultPageSize = 50;

/** The calls of gitpod.v1 that are built (gitpod-wire §3.4). */
export const services: ReadonlyMap<string, Service> = new Map<string, Service>([
  ['gitpod.v1.UserService/GetAuthenticatedUser', ({ user }) => ({ user: userView(user) })],
  ['gitpod.v1.OrganizationService/ListOrganizations', ({ user }) => ({ organizations: user.organizations })],
  ['gitpod.v1.SSHService/ListSSHPublicKeys', ({ user }) => ({ sshKeys: user.sshPublicKeys })],
  [
    'gitpod.v1.SSHService/CreateSSHPublicKey',
    (context, request) => ({ sshKey: rpc('addSSHPublicKey', context, request) }),
  ],
  ['gitpod.v1.WorkspaceService/ListWorkspaces', listWorkspaces],
  [
    'gitpod.v1.WorkspaceService/GetWorkspace',
    (context, request) => ({ workspace: workspaceView(own(context, request)) }),
  ],
  ['gitpod.v1.WorkspaceService/GetWorkspaceOwnerToken', (context, request) => ownerToken(own(context, request))],
  [
    'gitpod.v1.WorkspaceService/StartWorkspace',
    (context, request) => {
      const workspace = own(context, request);
      rpc('startWorkspace', context, workspace.id);
      return { workspace: workspaceView(workspace) };
    },
  ],
  [
    'gitpod.v1.WorkspaceService/StopWorkspace',
    (context, request) => nothing(rpc('stopWorkspace', context, own(context, request).id)),
  ],
  [
    'gitpod.v1.WorkspaceService/DeleteWorkspace',
    (context, request) => nothing(rpc('deleteWorkspace', context, own(context, request).id)),
  ],
  ['gitpod.v1.WorkspaceService/CreateAndStartWorkspace', create],
  [
    'gitpod.v1.WorkspaceService/ListWorkspaceClasses',
    (context) => ({ workspaceClasses: rpc('getSupportedWorkspaceClasses', context, undefined) }),
  ],
  ['gitpod.v1.WorkspaceService/SendHeartBeat', (context, request) => heartBeat(own(context, request))],
]);

function listWorkspaces({ user, directory }: MethodContext, request: Readonly<Record<string, unknown>>): object {
  const { organizationId, pinned, pagination } = request;
  if (typeof organizationId !== 'string' || !/^[0-9a-f-]{36}$/.test(organizationId)) {
    throw new ConnectServiceError('invalid_argument', 'organizationId is required');
  }
  const { pageSize } = isObject(pagination) ? pagination : {};
  const size = typeof pageSize === 'number' && pageSize > 0 ? pageSize : defaultPageSize;
  if (size > maxPageSize) throw new ConnectServiceError('invalid_argument', 'pagesize must not exceed 400');
  const all = directory
    .workspacesOf(user)
    .filter(({ owner }) => owner.organizationId === organizationId)
    .filter(({ options }) => pinned !== true || options.pinned);
  return { pagination: { total: all.length }, workspaces: all.slice(0, size).map(workspaceView) };
}

function create(context: MethodContext, { metadata, contextUrl }: Readonly<Record<string, unknown>>): object {
  const { organizationId } = isObject(metadata) ? metadata : {};
  const { url, workspaceClass, editor } = isObject(contextUrl) ? contextUrl : {};
  const { name } = isObject(editor) ? editor : {};
  const created = rpc('createWorkspace', context, {
    contextUrl: url,
    organizationId,
    workspaceClass,
    ideSettings: { defaultIde: name },
  });
  const { createdWorkspaceId } = isObject(created) ? created : {};
  return { workspace: workspaceView(own(context, { workspaceId: createdWorkspaceId })) };
}

function ownerToken(workspace: EmbeddedWorkspace): object {
  if (!workspace.wasStarted || !hadPod(workspace.phase))
    throw new ConnectServiceError('not_found', 'owner token not found');
  return { ownerToken: workspace.ownerToken };
}

function heartBeat({ phase }: EmbeddedWorkspace): object {
  if (phase !== 'running') throw new ConnectServiceError('failed_precondition', 'workspace is not running');
  return {};
}

function own(
  { user, directory }: MethodContext,
  { workspaceId }: Readonly<Record<string, unknown>>,
): EmbeddedWorkspace {
  const workspace = typeof workspaceId === 'string' ? directory.findWorkspace(workspaceId) : undefined;
  if (workspace?.owner !== user) throw new ConnectServiceError('not_found', 'workspace not found');
  return workspace;
}

/** Does what the method of the other API does. */
function rpc(name: string, context: MethodContext, argument: unknown): unknown {
  try {
    return methods.get(name)?.(context, [argument]);
  } catch (error) {
    throw error instanceof RpcError ? new ConnectServiceError(codeOf(error.code), error.message) : error;
  }
}

function codeOf(code: number) {
  switch (code) {
    case 400:
    case 460:
      return 'invalid_argument';
    case 404:
      return 'not_found';
    case 412:
      return 'failed_precondition';
    default:
      return 'internal';
  }
}

function nothing(_result: unknown): object {
  return {};
}

function userView({ id, name, organizationId, creationDate }: MethodContext['user']): object {
  return { id, name, organizationId, createdAt: creationDate };
}
