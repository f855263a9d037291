import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pause } from '../../platform/deadline.ts';

export interface FileAttributes {
  /** The permission bits, whatever the umask. */
  readonly mode: number;
  /** Left out, the file belongs to whoever runs this. */
  readonly owner?: { readonly userId: number; readonly groupId: number };
}

/** Windows refuses to rename over a file that a virus scanner or an indexer has open at this moment. */
const RENAME_ATTEMPTS_ON_WINDOWS = 6;
const RENAME_PAUSE_MS = 50;

const MAX_SYMBOLIC_LINKS = 40;

/**
 * Replaces or creates a file in one step: whoever reads it sees the whole old or the whole new content, a crash
 * included. A symbolic link would be replaced by a file; see {@link followLinks}.
 */
export async function replaceFile(path: string, content: Buffer, attributes: FileAttributes): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix(path)}${randomBytes(6).toString('hex')}.tmp`);
  const file = await fs.open(temporary, 'wx', 0o600);
  try {
    if (attributes.owner !== undefined) await file.chown(attributes.owner.userId, attributes.owner.groupId);
    await file.chmod(attributes.mode);
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await renameOver(temporary, path);
  } catch (error) {
    await file.close();
    await fs.unlink(temporary);
    throw error;
  }
}

/** Removes what a crash amid {@link replaceFile} has left. Nobody may be replacing this file meanwhile. */
export async function removeLeftovers(path: string): Promise<void> {
  const directory = dirname(path);
  const prefix = temporaryPrefix(path);
  const isLeftover = (name: string) => name.startsWith(prefix) && /^[\da-f]{12}\.tmp$/.test(name.slice(prefix.length));
  for (const name of (await fs.readdir(directory)).filter(isLeftover)) await fs.unlink(join(directory, name));
}

function temporaryPrefix(path: string): string {
  return `.${basename(path)}.`;
}

/** Gives the file that a path leads to through symbolic links, whether that file exists or not. */
export async function followLinks(path: string): Promise<string> {
  let current = path;
  for (let links = 0; links < MAX_SYMBOLIC_LINKS; links++) {
    try {
      // Relative to where the link really is, behind links among the directories above it.
      current = resolve(await fs.realpath(dirname(current)), await fs.readlink(current));
    } catch (error) {
      if (hasCode(error, 'EINVAL', 'ENOENT', 'UNKNOWN')) return current; // not a link; nothing there; not a link on Windows
      throw error;
    }
  }
  throw Object.assign(new Error(`${path}: too many symbolic links`), { code: 'ELOOP' });
}

async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      const mayPass = process.platform === 'win32' && hasCode(error, 'EPERM', 'EACCES', 'EBUSY');
      if (!mayPass || attempt === RENAME_ATTEMPTS_ON_WINDOWS) throw error;
      await pause(RENAME_PAUSE_MS, new AbortController().signal);
    }
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}
