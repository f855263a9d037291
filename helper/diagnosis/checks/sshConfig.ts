import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainSshConfigError } from '../../connection/keyReport.ts';
import type { Remedy } from '../../failures.ts';
import type { OpenSshEnvironment } from '../../ssh/config/openSsh.ts';
import { runSshG } from '../../ssh/config/sshG.ts';
import { SshConfigError } from '../../ssh/errors.ts';
import { includeArgument } from '../../ssh/openssh/configArgument.ts';
import { readUserConfig, userConfigPath, warningsOf } from '../../ssh/openssh/userConfigFile.ts';
import { amiss, type Check, ok, skipped } from '../check.ts';
import type { Examination } from '../examination.ts';

const writableByOthers = 0o022;
const readableByOthers = 0o077;

/** The user's own OpenSSH configuration: its syntax, and permissions that OpenSSH would refuse. */
export const sshConfig: Check = {
  id: 'ssh-config',
  area: 'SSH keys and OpenSSH',
  title: 'OpenSSH configuration',
  after: [],
  examine: async (examination, signal) => {
    const { openSsh } = examination.subject.core.context;
    if (openSsh.configFile === 'none') return skipped('-F none: there is none');
    const file = await readUserConfig(userConfigPath(openSsh));
    const { path, content } = file;
    const isWritable = content !== undefined && isTooOpen(content.attributes.mode, writableByOthers);
    if (isWritable && (await isRefused(path, openSsh, signal))) {
      const mode = content.attributes.mode.toString(8);
      const value = `others may write to ${path} (mode ${mode}), so that OpenSSH refuses it`;
      return amiss('problem', value, [run('Take the permission away', `chmod go-w ${path}`)]);
    }
    await requireAccepted(examination, openSsh, signal);
    const openKey = await keyReadByOthers(examination);
    if (openKey !== undefined) {
      const value = `others may read the private key ${openKey}, so that OpenSSH ignores it`;
      return amiss('warning', value, [run('Take the permission away', `chmod 600 ${openKey}`)]);
    }
    const [warning] = content === undefined ? [] : await warningsOf(file);
    if (warning !== undefined) {
      const [, text = warning, command = ''] = /^(.*): (chmod .*)$/.exec(warning) ?? [];
      return amiss('warning', text, [run('Take the permission away', command)]);
    }
    return ok(content === undefined ? `there is no ${path}` : `${path} is accepted`);
  },
};

/**
 * Whether OpenSSH refuses a file that others may write to: on Debian and its kin a group may that has no other member. The
 * file is included, since one that `-F` names is not looked at so closely.
 */
async function isRefused(path: string, openSsh: OpenSshEnvironment, signal: AbortSignal): Promise<boolean> {
  const { sshPath } = openSsh;
  if (sshPath === undefined) return true;
  const directory = await mkdtemp(join(tmpdir(), 'gitpod-helper-'));
  try {
    const configFile = join(directory, 'config');
    await writeFile(configFile, `Include ${includeArgument(path)}\n`, { mode: 0o600 });
    await runSshG(sshPath, { host: 'example.com' }, { ...openSsh, configFile }, { signal, deadlineMs: 10_000 });
    return false;
  } catch (error) {
    if (error instanceof SshConfigError) return /^Bad owner or permissions/.test(error.message);
    throw error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** @throws Failure SSH_CONFIG_INVALID */
async function requireAccepted(
  examination: Examination,
  openSsh: OpenSshEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const { hostname } = examination.origin;
  try {
    if (openSsh.sshPath === undefined) await examination.keys();
    else await runSshG(openSsh.sshPath, { host: hostname }, openSsh, { signal, deadlineMs: 10_000 });
  } catch (error) {
    throw explainSshConfigError(error);
  }
}

async function keyReadByOthers(examination: Examination): Promise<string | undefined> {
  const { matches } = await examination.keys();
  const paths = matches.local.flatMap(({ identity: { path, signing } }) =>
    path !== undefined && (signing.kind === 'file' || signing.kind === 'passphrase') ? [path] : [],
  );
  for (const path of paths) if (isTooOpen((await stat(path)).mode, readableByOthers)) return path;
  return undefined;
}

function isTooOpen(mode: number, bits: number): boolean {
  return process.platform !== 'win32' && (mode & bits) !== 0;
}

function run(text: string, command: string): Remedy {
  return { action: 'RUN_COMMAND', text, command };
}
