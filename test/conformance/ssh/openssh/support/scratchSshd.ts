import type { ScratchHome } from '../../../../support/ssh/scratchHome.ts';
import { sshdCommand } from '../../../../support/ssh/sshdCommand.ts';

export interface SshdOptions {
  readonly hostKeys: readonly string[];
  /** Lines of authorized_keys. */
  readonly authorized?: string;
  /** Further lines of sshd_config. */
  readonly lines?: readonly string[];
  /** Log to stderr instead of the system's log. */
  readonly logsToStderr?: boolean;
}

/** Gives the command of a real sshd that serves one connection on its pipes, to be used as a ProxyCommand. */
export function scratchSshd(home: ScratchHome, options: SshdOptions): string {
  const { hostKeys, authorized = '', lines = [], logsToStderr = false } = options;
  const configFile = home.write(
    'sshd_config',
    [
      ...lines,
      ...hostKeys.map((path) => `HostKey ${path}`),
      `AuthorizedKeysFile ${home.write('authorized_keys', authorized)}`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
    ].join('\n'),
  );
  return sshdCommand(configFile, logsToStderr ? ['-e'] : []);
}
