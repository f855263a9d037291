import type { WorkspacePhase } from '../account/records.ts';

/** What is going on, for a person. */
export function phaseInWords(phase: WorkspacePhase): string {
  switch (phase) {
    case 'preparing':
      return 'preparing the workspace';
    case 'building':
      return 'building the workspace image';
    case 'pending':
      return 'allocating resources';
    case 'creating':
      return 'pulling the workspace image';
    case 'initializing':
      return 'initializing the workspace content';
    case 'interrupted':
      return 'checking the workspace';
    default:
      return phase;
  }
}
