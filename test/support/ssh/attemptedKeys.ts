import { runProcess } from '../../../helper/platform/process.ts';
import { ProcessError } from '../../../helper/platform/processError.ts';
import { type ScratchHome, scratchVariables } from './scratchHome.ts';
import { sshdCommand } from './sshdCommand.ts';
import { makeKey } from './sshTools.ts';

export interface SshAttempt {
  /** The verbose log of the client. */
  readonly log: string;
  readonly loggedIn: boolean;
}

/**
 * Runs `ssh -vv` with an absolute configuration against a real sshd on its own pipes, so no port is used, as the
 * oracle for what OpenSSH would do.
 *
 * @param config lines of ssh_config; must name every path absolutely, for OpenSSH does not know of the scratch home.
 * @param authorized the line of the key that may log in.
 */
export async function attemptLogin(
  home: ScratchHome,
  config: string,
  options: { readonly agentPath?: string; readonly authorized?: string } = {},
): Promise<SshAttempt> {
  const hostKey = await makeKey(home.at('host_key'), { type: 'ed25519' });
  const sshdConfig = home.write(
    'sshd_config',
    [
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${home.write('authorized_keys', options.authorized ?? '')}`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'MaxAuthTries 100',
    ].join('\n'),
  );
  const file = home.write(
    'attempt_config',
    [
      config,
      'Host *',
      `ProxyCommand ${sshdCommand(sshdConfig)}`,
      'StrictHostKeyChecking no',
      'UserKnownHostsFile /dev/null',
      'GlobalKnownHostsFile /dev/null',
      'BatchMode yes',
    ].join('\n'),
  );
  const env = { ...scratchVariables(home.path), SSH_AUTH_SOCK: options.agentPath };
  try {
    const args = ['-F', file, '-vv', '--', 'oracle', 'true'];
    const { stderr } = await runProcess('ssh', args, { signal: new AbortController().signal, deadlineMs: 20_000, env });
    return { log: stderr, loggedIn: true };
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return { log: error.stderr, loggedIn: false };
  }
}

export interface AttemptedKey {
  readonly fingerprint: string;
  readonly isCertificate: boolean;
  readonly fromAgent: boolean;
}

/** Reads the "Will attempt key" lines that know their key, in their order. */
export function attemptedKeys(log: string): readonly AttemptedKey[] {
  return [...log.matchAll(/Will attempt key: .* (\S+) (SHA256:\S+)(.*)$/gm)].map(([, type, fingerprint, rest]) => ({
    fingerprint: fingerprint ?? '',
    isCertificate: type?.endsWith('-CERT') === true,
    fromAgent: /\bagent\b/.test(rest ?? ''),
  }));
}
