import { agentSummary } from '../../connection/agentSummary.ts';
import { effectiveConfigFile } from '../../ssh/config/openSsh.ts';
import { runSshG } from '../../ssh/config/sshG.ts';
import { SshConfigError } from '../../ssh/errors.ts';
import { amiss, type Check, ok } from '../check.ts';
import type { Examination } from '../examination.ts';

/** Wrong attempts that the SSH gateway takes before it closes the connection (ssh-gateway-observed §1). */
const usableAttempts = 5;

/** The SSH agent, and whether plain ssh offers so many keys that the SSH gateway closes before the right one. */
export const agent: Check = {
  id: 'agent',
  area: 'SSH keys and OpenSSH',
  title: 'SSH agent',
  after: ['ssh-config'],
  examine: async (examination, signal) => {
    const { agent: state } = await examination.keys();
    const summary = agentSummary(state);
    if (state.state !== 'listed') {
      if (state.state === 'unset' || state.state === 'disabled' || state.state === 'empty') return ok(summary);
      const text = 'Start the agent, or correct SSH_AUTH_SOCK or IdentityAgent';
      return amiss('warning', summary, [{ action: 'RUN_COMMAND', text, command: 'ssh-add -l' }]);
    }
    if (state.identities.length <= usableAttempts || (await isPinned(examination, signal))) return ok(summary);
    const danger = `plain ssh offers all of them, and the SSH gateway closes after ${usableAttempts} wrong ones`;
    return amiss('warning', `${summary.replace(/\.$/, '')}: ${danger}`, [
      {
        action: 'RUN_COMMAND',
        text: 'Let plain ssh offer the right key only',
        command: 'gitpod-helper ssh-config install',
      },
    ]);
  },
};

/** Whether OpenSSH, as the user has it, offers just what its configuration names. */
async function isPinned(examination: Examination, signal: AbortSignal): Promise<boolean> {
  const { openSsh } = examination.subject.core.context;
  const address = await examination.addressIfKnown();
  if (openSsh.sshPath === undefined || address === undefined || effectiveConfigFile(openSsh) === 'none') return false;
  try {
    const options = { signal, deadlineMs: 10_000 };
    const output = await runSshG(openSsh.sshPath, { host: address.sshHost }, openSsh, options);
    return output.get('identitiesonly')?.[0] === 'yes';
  } catch (error) {
    if (error instanceof SshConfigError) return false; // the check of the configuration tells it
    throw error;
  }
}
