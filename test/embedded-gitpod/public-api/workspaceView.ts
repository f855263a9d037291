import { hadPod, type WorkspacePhase } from '../model/phase.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';

const phaseNames: Readonly<Record<WorkspacePhase, string>> = {
  unknown: 'PHASE_UNSPECIFIED',
  preparing: 'PHASE_PREPARING',
  building: 'PHASE_IMAGEBUILD',
  pending: 'PHASE_PENDING',
  creating: 'PHASE_CREATING',
  initializing: 'PHASE_INITIALIZING',
  running: 'PHASE_RUNNING',
  interrupted: 'PHASE_INTERRUPTED',
  stopping: 'PHASE_STOPPING',
  stopped: 'PHASE_STOPPED',
};

/** A `gitpod.v1.Workspace` as JSON (gitpod-wire §3.4); what is empty is left out. */
export function workspaceView(workspace: EmbeddedWorkspace): object {
  const { id, owner, options } = workspace;
  return {
    id,
    metadata: {
      ownerId: owner.id,
      organizationId: owner.organizationId,
      name: options.description,
      ...(options.pinned ? { pinned: true } : {}),
      originalContextUrl: options.contextUrl,
    },
    spec: {
      type: 'WORKSPACE_TYPE_REGULAR',
      class: options.workspaceClass,
      ...(options.editor === '' ? {} : { editor: { name: options.editor, version: 'stable' } }),
    },
    status: statusView(workspace),
  };
}

/** A `gitpod.v1.WorkspaceStatus` as JSON. */
export function statusView(workspace: EmbeddedWorkspace): object {
  const { options, phase, failedCondition, timeoutCondition } = workspace;
  if (!workspace.wasStarted) return { phase: { name: 'PHASE_UNSPECIFIED' } };
  return {
    statusVersion: '1',
    phase: { name: phaseNames[phase], lastTransitionTime: options.creationTime },
    ...(hadPod(phase) ? { workspaceUrl: workspace.ideUrl } : {}),
    conditions: {
      ...(failedCondition === '' ? {} : { failed: failedCondition }),
      ...(timeoutCondition === '' ? {} : { timeout: timeoutCondition }),
    },
    gitStatus: { branch: options.branch },
    instanceId: workspace.instanceId,
  };
}
