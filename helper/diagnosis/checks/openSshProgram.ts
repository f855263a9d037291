import type { Remedy } from '../../failures.ts';
import { runProcess } from '../../platform/process.ts';
import { ProcessError } from '../../platform/processError.ts';
import { amiss, type Check, ok } from '../check.ts';

interface Defect {
  /** Versions before this one have it. */
  readonly before: readonly [major: number, minor: number];
  readonly text: string;
}

/** What releases of OpenSSH are known for, as far as it matters here (its release notes). Distributions may have mended it. */
const defects: readonly Defect[] = [
  { before: [7, 3], text: 'It knows no Include, so that ssh-config install cannot work (7.3 does).' },
  {
    before: [8, 4],
    text: 'It asks for passwords on the terminal only, never by SSH_ASKPASS_REQUIRE (8.4 does).',
  },
  {
    before: [9, 6],
    text: 'As released, it does not know strict key exchange (CVE-2023-48795); 9.6 does.',
  },
];

const install: Remedy = {
  action: 'CHANGE_SETTING',
  text: 'Install the OpenSSH client and put it on PATH; connect works without it, ssh and editors do not',
};

/** The OpenSSH client: where, which version, and what that version is known for. */
export const openSshProgram: Check = {
  id: 'openssh',
  area: 'This machine',
  title: 'OpenSSH',
  after: [],
  examine: async ({ subject }, signal) => {
    const { sshPath, env } = subject.core.context.openSsh;
    if (sshPath === undefined) return amiss('warning', 'there is no ssh on PATH', [install]);
    const version = await versionOf(sshPath, env, signal);
    if (version === undefined) return amiss('warning', `${sshPath} does not tell its version`, [install]);
    const known = defects.filter(({ before }) => isBefore(version, before)).map(({ text }) => text);
    const value = `${version} (${sshPath})`;
    if (!isBefore(version, [8, 4])) return ok(value, known);
    return amiss('warning', value, [{ action: 'CHANGE_SETTING', text: 'Update OpenSSH to 8.4 or newer' }], known);
  },
};

/** `OpenSSH_9.2p1`, as `ssh -V` begins; undefined when it says something else, or nothing. */
async function versionOf(
  sshPath: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { stderr } = await runProcess(sshPath, ['-V'], { signal, deadlineMs: 5_000, env });
    return /OpenSSH\S*?_\d+\.\d+\w*/.exec(stderr)?.[0];
  } catch (error) {
    if (error instanceof ProcessError) return undefined;
    throw error;
  }
}

function isBefore(version: string, [major, minor]: Defect['before']): boolean {
  const [, hasMajor = '0', hasMinor = '0'] = /_(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(hasMajor) < major || (Number(hasMajor) === major && Number(hasMinor) < minor);
}
