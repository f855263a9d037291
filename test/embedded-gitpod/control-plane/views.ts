import { hadPod, type WorkspacePhase } from '../model/phase.ts';
import type { EmbeddedUser } from '../model/user.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';

/** The wire's objects (gitpod-wire §2.4 and §2.6). */

export interface UserView {
  readonly id: string;
  readonly name: string;
  readonly fullName: string;
  readonly avatarUrl: string;
  readonly creationDate: string;
  readonly organizationId: string;
  readonly identities: readonly object[];
}

export interface InstanceView {
  readonly id: string;
  readonly workspaceId: string;
  readonly creationTime: string;
  readonly ideUrl: string;
  readonly region: string;
  readonly status: {
    readonly version: number;
    readonly phase: WorkspacePhase;
    readonly conditions: object;
    readonly timeout?: string;
    readonly ownerToken?: string;
    readonly nodeName?: string;
  };
  readonly configuration: object;
  readonly workspaceClass: string;
  readonly workspaceImage?: string;
}

export interface WorkspaceInfoView {
  readonly workspace: object;
  readonly latestInstance?: InstanceView;
}

export function userView(user: EmbeddedUser): UserView {
  return {
    id: user.id,
    name: user.name,
    fullName: user.name,
    avatarUrl: '',
    creationDate: user.creationDate,
    organizationId: user.organizationId,
    identities: [{ authProviderId: 'Public-GitHub', authId: user.id, authName: user.name }],
  };
}

/** As `getWorkspaces` gives it: nothing is left out, the owner token neither. */
export function workspaceInfoView(workspace: EmbeddedWorkspace): WorkspaceInfoView {
  return infoView(workspace, instanceView(workspace));
}

/** As `getWorkspace` gives it: with the censored instance. */
export function censoredWorkspaceInfoView(workspace: EmbeddedWorkspace): WorkspaceInfoView {
  return infoView(workspace, censoredInstanceView(workspace));
}

/** As `getWorkspace` and `onInstanceUpdate` give it: without owner token, node name and workspace image. */
export function censoredInstanceView(workspace: EmbeddedWorkspace): InstanceView {
  const { workspaceImage: _image, status, ...rest } = instanceView(workspace);
  const { ownerToken: _token, nodeName: _node, ...censored } = status;
  return { ...rest, status: censored };
}

function instanceView(workspace: EmbeddedWorkspace): InstanceView {
  const seen = hadPod(workspace.phase);
  const { workspaceClass, editor } = workspace.options;
  return {
    id: workspace.instanceId,
    workspaceId: workspace.id,
    creationTime: workspace.options.creationTime,
    ideUrl: seen ? workspace.ideUrl : '',
    region: 'eu1',
    status: {
      version: 1,
      phase: workspace.phase,
      timeout: '30m',
      conditions: conditionsView(workspace),
      ...(seen ? { ownerToken: workspace.ownerToken, nodeName: 'workspace-node-1' } : {}),
    },
    configuration: {
      ideImage: 'embedded-gitpod/ide:1',
      ...(editor === '' ? {} : { ideConfig: { ide: editor, useLatest: false } }),
    },
    workspaceClass,
    workspaceImage: 'embedded-gitpod/workspace:1',
  };
}

/** What does not hold is left out. */
function conditionsView({ failedCondition, timeoutCondition, stoppedByRequest }: EmbeddedWorkspace): object {
  return {
    ...(failedCondition === '' ? {} : { failed: failedCondition }),
    ...(timeoutCondition === '' ? {} : { timeout: timeoutCondition }),
    ...(stoppedByRequest ? { stoppedByRequest } : {}),
  };
}

function infoView(workspace: EmbeddedWorkspace, latestInstance: InstanceView): WorkspaceInfoView {
  const { id, options, owner } = workspace;
  const view = {
    id,
    creationTime: options.creationTime,
    organizationId: owner.organizationId,
    contextURL: options.contextUrl,
    description: options.description,
    ownerId: owner.id,
    context: {
      title: options.description,
      normalizedContextURL: options.contextUrl,
      ref: options.branch,
      repository: {
        host: 'github.com',
        owner: 'example',
        name: options.repository,
        cloneUrl: `https://github.com/example/${options.repository}.git`,
      },
    },
    config: {},
    pinned: options.pinned,
    type: 'regular',
  };
  return workspace.wasStarted ? { workspace: view, latestInstance } : { workspace: view };
}
