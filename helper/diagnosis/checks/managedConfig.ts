import { failure, type Remedy } from '../../failures.ts';
import { amiss, type Check, ok } from '../check.ts';

const installAgain: Remedy = {
  action: 'RUN_COMMAND',
  text: 'Write the managed configuration anew',
  command: 'gitpod-helper ssh-config install',
};

/** Whether OpenSSH acts on the managed configuration where it is installed, and which lines override it. */
export const managedConfig: Check = {
  id: 'managed-config',
  area: 'SSH keys and OpenSSH',
  title: 'Managed OpenSSH configuration',
  after: ['sign-in', 'ssh-config'],
  examine: async ({ subject }, signal) => {
    const { installed, inForce, userConfigPath, conflicts } = await subject.managed.state(signal);
    if (!installed) {
      return ok('not installed: plain ssh and editors do not know the workspaces (ssh-config install would tell them)');
    }
    if (inForce !== 'no') return ok(`included in ${userConfigPath} and in force`);
    const lines = conflicts.filter(({ file }) => file !== '');
    const details = conflicts.map(({ file, line, reason }) =>
      file === '' ? reason : `${file}, line ${line}: ${reason}`,
    );
    const [first] = lines;
    if (first === undefined) return amiss('problem', 'it is included, but not in force', [installAgain], details);
    const problem = failure('SSH_CONFIG_CONFLICT', { file: first.file, line: `${first.line}`, problem: first.reason });
    return amiss('problem', problem.message, [...problem.remedies, installAgain], details);
  },
};
