import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenSshEnvironment } from '../config/openSsh.ts';
import { SshConfigError } from '../errors.ts';
import { readRegularFile } from '../regularFile.ts';
import { includeArgument } from './configArgument.ts';
import { includeLine, includePlace, withIncludeLeftOut } from './includeLine.ts';
import { existingSystemConfig } from './systemConfig.ts';
import { userConfigPath } from './userConfigFile.ts';

/**
 * Resolves something by the user's configuration as it is without the `Include` of a file of ours: what is in that file
 * would hide what the user says. The files are not changed; OpenSSH is shown a copy, which is removed again.
 *
 * @param resolve is called with the environment to resolve in.
 * @throws what `resolve` throws, places in the copy told as places in the user's file.
 */
export async function resolveWithoutInclude<T>(
  environment: OpenSshEnvironment,
  managedFile: string,
  resolve: (environment: OpenSshEnvironment) => Promise<T>,
): Promise<T> {
  if (environment.configFile === 'none') return resolve(environment);
  const userFile = userConfigPath(environment);
  const file = await readRegularFile(userFile);
  const line = includeLine(managedFile);
  if (file.state !== 'read' || includePlace(file.bytes, line) === 'absent') return resolve(environment);
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises'); // at first use: the start is quicker without it
  const directory = await mkdtemp(join(tmpdir(), 'gitpod-helper-'));
  const copy = join(directory, 'config');
  try {
    const text = Buffer.concat([withIncludeLeftOut(file.bytes, line), systemPart(environment)]);
    await writeFile(copy, text, { mode: 0o600 });
    return await resolve({ ...environment, configFile: copy });
  } catch (error) {
    throw error instanceof SshConfigError ? inUserFile(error, copy, userFile) : error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** With `-F` OpenSSH does not read the system's file by itself. */
function systemPart(environment: OpenSshEnvironment): Buffer {
  const file = existingSystemConfig(environment);
  return Buffer.from(file === undefined ? '' : `\nHost *\n  Include ${includeArgument(file)}\n`);
}

function inUserFile(error: SshConfigError, copy: string, userFile: string): SshConfigError {
  const { message, file, line } = error;
  const place = file === undefined || line === undefined ? {} : { file: file === copy ? userFile : file, line };
  return new SshConfigError(message.replaceAll(copy, userFile), { ...place, cause: error });
}
