import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../../failures.ts';
import { explainWriteFailure } from '../../ssh/openssh/errors.ts';
import { ensurePrivateDirectory, writePrivateFile } from '../../ssh/openssh/privateFile.ts';
import { followLinks, hasCode, replaceFile } from '../../ssh/openssh/replaceFile.ts';
import { readRegularFile } from '../../ssh/regularFile.ts';
import { contentAfter, type FileRemoval } from './leftover.ts';

/** What was taken out, kept so that it can be put back. */
interface Backup {
  readonly path: string;
  readonly mode: number;
  /** SHA-256 in hex of what the change has left; '' where the file is gone. */
  readonly left: string;
  /** The file as it was, in base64. */
  readonly before: string;
}

const lastBackup = 'last-removal.json';

/** Where the backup of the last removal is. */
function backupPath(directory: string): string {
  return join(directory, 'backups', lastBackup);
}

/**
 * Takes leftovers out, each file in one step, once a copy of it is in `directory`. A file that was changed since it was
 * looked at is left alone.
 *
 * @param directory the helper's own.
 * @returns the files that were changed.
 * @throws Failure SSH_CONFIG_NOT_WRITABLE; what was changed until then is in the backup.
 */
export async function removeLeftovers(removals: readonly FileRemoval[], directory: string): Promise<readonly string[]> {
  const changes: { removal: FileRemoval; target: string; mode: number }[] = [];
  for (const removal of removals) {
    const target = await followLinks(removal.path);
    const file = await readRegularFile(target);
    if (file.state !== 'read' || !file.bytes.equals(removal.before)) continue;
    changes.push({ removal, target, mode: file.mode & 0o7777 });
  }
  const backups = changes.map(({ removal, target, mode }): Backup => {
    const left = removal.removesFile ? '' : digest(contentAfter(removal));
    return { path: target, mode, left, before: removal.before.toString('base64') };
  });
  if (backups.length > 0) await writePrivateFile(backupPath(directory), JSON.stringify(backups));
  for (const { removal, target, mode } of changes) {
    await explained(target, async () => {
      if (!removal.removesFile) await replaceFile(target, contentAfter(removal), { mode });
      else {
        await fs.unlink(target);
        await removeIfEmpty(dirname(target));
      }
    });
  }
  return changes.map(({ removal }) => removal.path);
}

/**
 * Puts back what the last removal took out. A file that was changed since is left alone.
 *
 * @returns the files that are as they were, and those that are not.
 * @throws Failure SSH_CONFIG_NOT_WRITABLE.
 */
export async function restoreLeftovers(
  directory: string,
): Promise<{ readonly restored: readonly string[]; readonly changedSince: readonly string[] }> {
  const backups = await readBackups(backupPath(directory));
  const restored: string[] = [];
  const changedSince: string[] = [];
  for (const { path, mode, left, before } of backups) {
    const file = await readRegularFile(path);
    const now = file.state === 'read' ? digest(file.bytes) : '';
    if (now !== left) {
      changedSince.push(path);
      continue;
    }
    await explained(path, async () => {
      await ensurePrivateDirectory(dirname(path));
      await replaceFile(path, Buffer.from(before, 'base64'), { mode });
    });
    restored.push(path);
  }
  if (changedSince.length === 0) await fs.rm(backupPath(directory), { force: true });
  return { restored, changedSince };
}

async function readBackups(path: string): Promise<readonly Backup[]> {
  const text = await fs.readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '[]';
    throw failure('FILE_UNREADABLE', { path, purpose: 'backup', problem: 'it cannot be read' }, error);
  });
  try {
    const backups: unknown = JSON.parse(text);
    if (Array.isArray(backups) && backups.every(isBackup)) return backups;
  } catch (error) {
    throw failure('FILE_UNREADABLE', { path, purpose: 'backup', problem: 'it is not JSON' }, error);
  }
  throw failure('FILE_UNREADABLE', { path, purpose: 'backup', problem: 'it is no backup of this helper' });
}

function isBackup(value: unknown): value is Backup {
  if (typeof value !== 'object' || value === null) return false;
  const { path, mode, left, before }: { path?: unknown; mode?: unknown; left?: unknown; before?: unknown } = value;
  return typeof path === 'string' && typeof mode === 'number' && typeof left === 'string' && typeof before === 'string';
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function removeIfEmpty(directory: string): Promise<void> {
  if (!/[/\\](code_gitpod\.d|gitpod)$/.test(directory)) return; // the directory of the tool itself, and no other
  await fs.rmdir(directory).catch((error: unknown) => {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  });
}

async function explained(path: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    const { reason } = explainWriteFailure(path, error);
    throw failure('SSH_CONFIG_NOT_WRITABLE', { path, problem: reason }, error);
  }
}
