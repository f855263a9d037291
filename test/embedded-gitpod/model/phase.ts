/** The phases of a workspace instance (gitpod-wire §2.6), in the order they are passed through. */
export type WorkspacePhase =
  | 'unknown'
  | 'preparing'
  | 'building'
  | 'pending'
  | 'creating'
  | 'initializing'
  | 'running'
  | 'interrupted'
  | 'stopping'
  | 'stopped';

/** Whether the cluster has a pod in this phase: only then is there an `ideUrl`, and the workspace proxy knows the workspace. */
export function hasPod(phase: WorkspacePhase): boolean {
  switch (phase) {
    case 'unknown':
    case 'preparing':
    case 'building':
    case 'stopped':
      return false;
    case 'pending':
    case 'creating':
    case 'initializing':
    case 'running':
    case 'interrupted':
    case 'stopping':
      return true;
  }
}

/** Whether the cluster has seen a pod of the instance by now, so that `ideUrl` and owner token are set; they stay after it stopped. */
export function hadPod(phase: WorkspacePhase): boolean {
  return hasPod(phase) || phase === 'stopped';
}
