import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OpenSshEnvironment } from '../config/openSsh.ts';
import { readRegularFile } from '../regularFile.ts';
import { SshConfigWriteError } from './errors.ts';
import { makePrivateDirectory } from './privateFile.ts';
import { type FileAttributes, followLinks, hasCode, replaceFile } from './replaceFile.ts';

/** A user's configuration file as it was found. */
export interface UserConfigFile {
  /** As the user knows it. */
  readonly path: string;
  /** Where symbolic links lead. */
  readonly target: string;
  /** Undefined when there is no file. */
  readonly content: { readonly bytes: Buffer; readonly attributes: FileAttributes } | undefined;
}

const NEW_FILE_MODE = 0o600;
const WRITABLE_BY_OTHERS = 0o022;

/** Gives the path of the configuration file that OpenSSH reads for this user. */
export function userConfigPath(environment: OpenSshEnvironment): string {
  const { configFile, home } = environment;
  if (configFile === 'none') throw new SshConfigWriteError('-F none', 'is not a file');
  return configFile ?? join(home, '.ssh', 'config');
}

/** @throws SshConfigWriteError for anything that is there but is not a file that can be read. */
export async function readUserConfig(path: string): Promise<UserConfigFile> {
  const target = await followLinks(path);
  const file = await readRegularFile(target);
  switch (file.state) {
    case 'missing':
      return { path, target, content: undefined };
    case 'unreadable':
      throw new SshConfigWriteError(path, file.reason);
    case 'read': {
      const { uid, gid } = await fs.stat(target);
      const attributes = { mode: file.mode & 0o7777, owner: { userId: uid, groupId: gid } };
      return { path, target, content: { bytes: file.bytes, attributes } };
    }
  }
}

/** Writes new content, keeping mode, owner and symbolic links. */
export async function writeUserConfig(file: UserConfigFile, bytes: Buffer): Promise<void> {
  await replaceFile(file.target, bytes, file.content?.attributes ?? { mode: NEW_FILE_MODE });
}

/** Makes the file's directory when it is missing, but none above it. */
export async function makeConfigDirectory(path: string): Promise<'made' | 'exists'> {
  const made = await makePrivateDirectory(dirname(path));
  if (made === 'parent-missing') throw new SshConfigWriteError(path, 'cannot be made: its directory does not exist');
  return made;
}

/** Tells who else could change what OpenSSH reads from this file. */
export async function warningsOf({ path, target }: UserConfigFile): Promise<readonly string[]> {
  if (process.platform === 'win32') return [];
  const { mode } = await fs.stat(dirname(target));
  const isOthers = (mode & WRITABLE_BY_OTHERS) !== 0;
  return isOthers
    ? [`Others may write to ${dirname(target)}, and so replace ${path}: chmod go-w ${dirname(target)}`]
    : [];
}

export async function removeUserConfig({ target }: UserConfigFile): Promise<void> {
  await fs.unlink(target);
}

export async function removeDirectoryIfEmpty(path: string): Promise<void> {
  try {
    await fs.rmdir(path);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}
