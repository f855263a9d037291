import { promises as fs } from 'node:fs';
import { dirname } from 'node:path';
import { readRegularFile } from '../regularFile.ts';
import { explainWriteFailure } from './errors.ts';
import { followLinks, hasCode, replaceFile } from './replaceFile.ts';

const PRIVATE_FILE_MODE = 0o600;
const PRIVATE_DIRECTORY_MODE = 0o700;

/**
 * Writes a file of our own that only its owner may read: 0600, in directories that are made 0700 when missing, in one
 * step, through symbolic links. A file that already is as asked is not touched.
 *
 * @throws SshConfigWriteError
 */
export async function writePrivateFile(path: string, content: string): Promise<'written' | 'unchanged'> {
  try {
    const target = await followLinks(path);
    const bytes = Buffer.from(content);
    const existing = await readRegularFile(target);
    if (existing.state === 'read' && existing.bytes.equals(bytes) && isPrivate(existing.mode)) return 'unchanged';
    await ensurePrivateDirectory(dirname(target));
    await replaceFile(target, bytes, { mode: PRIVATE_FILE_MODE });
    return 'written';
  } catch (error) {
    throw explainWriteFailure(path, error);
  }
}

/** Makes a directory and those above it, each 0700 whatever the umask; leaves existing ones as they are. */
export async function ensurePrivateDirectory(path: string): Promise<void> {
  if ((await makePrivateDirectory(path)) !== 'parent-missing') return;
  await ensurePrivateDirectory(dirname(path));
  await makePrivateDirectory(path);
}

/** Makes one directory, 0700 whatever the umask. */
export async function makePrivateDirectory(path: string): Promise<'made' | 'exists' | 'parent-missing'> {
  try {
    await fs.mkdir(path, PRIVATE_DIRECTORY_MODE);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return 'exists';
    if (hasCode(error, 'ENOENT')) return 'parent-missing';
    throw error;
  }
  await fs.chmod(path, PRIVATE_DIRECTORY_MODE);
  return 'made';
}

function isPrivate(mode: number): boolean {
  return process.platform === 'win32' || (mode & 0o777) === PRIVATE_FILE_MODE;
}
