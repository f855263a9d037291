import type { ControlPlane } from './controlPlane.ts';
import type { WorkspaceInstanceRecord } from './records.ts';

/**
 * Tells of every change of one workspace's instance while there is a connection. Disposing ends it.
 *
 * @param onChange gets undefined when changes may have been missed, so that the workspace must be read again.
 */
export function watchWorkspace(
  controlPlane: Pick<ControlPlane, 'watchWorkspaces'>,
  workspaceId: string,
  onChange: (instance: WorkspaceInstanceRecord | undefined) => void,
): Disposable {
  return controlPlane.watchWorkspaces({
    onInstance: (changedId, instance) => {
      if (changedId === workspaceId) onChange(instance);
    },
    onGap: () => onChange(undefined),
  });
}
