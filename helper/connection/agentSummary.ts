import type { AgentState } from '../ssh/identities/gatherIdentities.ts';

/** The SSH agent's state in one sentence. */
export function agentSummary(agent: AgentState): string {
  switch (agent.state) {
    case 'unset':
      return 'No SSH agent is named (SSH_AUTH_SOCK is not set).';
    case 'disabled':
      return 'Your OpenSSH configuration uses no SSH agent (IdentityAgent none).';
    case 'listed':
      return agent.identities.length === 1
        ? 'The SSH agent has 1 key.'
        : `The SSH agent has ${agent.identities.length} keys.`;
    default:
      return agent.message;
  }
}
