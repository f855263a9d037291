import { existsSync } from 'node:fs';

/** Debian's sshd wants this directory when root runs it, and only its service makes it. */
const PRIVILEGE_SEPARATION_DIRECTORY = '/run/sshd';

/** Gives the shell command for a real sshd that serves one connection on its stdin and stdout, with further options. */
export function sshdCommand(configFile: string, options: readonly string[] = []): string {
  const sshd = ['exec /usr/sbin/sshd -i -f', configFile, ...options].join(' ');
  if (process.getuid?.() !== 0 || existsSync(PRIVILEGE_SEPARATION_DIRECTORY)) return sshd;
  // A mount namespace of its own gives it that directory without leaving one on the machine.
  return `unshare -m sh -c 'mount -t tmpfs none /run && mkdir ${PRIVILEGE_SEPARATION_DIRECTORY} && ${sshd}'`;
}
