import type { WorkspacePhase } from '../account/records.ts';
import { WorkspacePhase as PhaseMessage } from '../gen/gitpod/helper/v1/common.ts';

const messages: Readonly<Record<WorkspacePhase, PhaseMessage>> = {
  unknown: PhaseMessage.UNKNOWN,
  preparing: PhaseMessage.PREPARING,
  building: PhaseMessage.BUILDING,
  pending: PhaseMessage.PENDING,
  creating: PhaseMessage.CREATING,
  initializing: PhaseMessage.INITIALIZING,
  running: PhaseMessage.RUNNING,
  interrupted: PhaseMessage.INTERRUPTED,
  stopping: PhaseMessage.STOPPING,
  stopped: PhaseMessage.STOPPED,
};

/** A phase in the contract's form. */
export function phaseMessage(phase: WorkspacePhase): PhaseMessage {
  return messages[phase];
}

/** The phases of a request. Those of a newer contract stand for none of ours. */
export function readPhases(phases: readonly PhaseMessage[]): readonly WorkspacePhase[] {
  const known = Object.entries(messages).filter(([, message]) => phases.includes(message));
  return known.flatMap(([phase]) => (isPhase(phase) ? [phase] : []));
}

function isPhase(text: string): text is WorkspacePhase {
  return text in messages;
}
