import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';

/**
 * Gives the home directory OpenSSH uses: the passwd entry's, which `$HOME` does not change (ssh(1), FILES).
 * A user without a passwd entry (some containers) has nothing but `$HOME`.
 */
export function passwdHome(): string {
  try {
    return userInfo().homedir;
  } catch (error) {
    if (isNoSuchUser(error)) return homedir();
    throw error;
  }
}

/** Gives the home directory of another user, for `~name`; undefined when this machine's passwd file does not list them. */
export function homeOfUser(name: string): string | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const fields = line.split(':');
    if (fields[0] === name) return fields[5];
  }
  return undefined;
}

function isNoSuchUser(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SYSTEM_ERROR';
}
