import { promises as fs } from 'node:fs';
import { hostname } from 'node:os';
import { pause } from '../../platform/deadline.ts';
import { hasCode } from './replaceFile.ts';

/** A lock of a process that died here is stale at once; any other (a shared home, a reused process id) after this time. */
const STALE_AFTER_MS = 5 * 60_000;

const RETRY_PAUSE_MS = 20;

/**
 * Takes the lock that is the existence of a file; disposal removes it. A lock left behind by a crash is taken over.
 *
 * @throws the signal's reason when another holds it for that long; what open(2) says when the file cannot be made.
 */
export async function lockFile(path: string, signal: AbortSignal): Promise<AsyncDisposable> {
  const holder = `${process.pid} ${hostname()}\n`;
  while (!(await tryCreate(path, holder))) {
    const seen = await readHolder(path);
    if (seen !== undefined && isStale(seen)) await removeStale(path, seen);
    else await pause(RETRY_PAUSE_MS, signal);
  }
  return { [Symbol.asyncDispose]: () => fs.unlink(path) };
}

interface Holder {
  readonly text: string;
  readonly inode: number;
  readonly ageMs: number;
}

async function tryCreate(path: string, holder: string): Promise<boolean> {
  try {
    await fs.writeFile(path, holder, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const [text, stats] = await Promise.all([fs.readFile(path, 'utf8'), fs.stat(path)]);
    return { text, inode: stats.ino, ageMs: Date.now() - stats.mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isStale({ text, ageMs }: Holder): boolean {
  const [, pid, host] = /^(\d+) (.*)\n$/.exec(text) ?? [];
  if (pid === undefined || host !== hostname()) return ageMs > STALE_AFTER_MS;
  return !isAlive(Number(pid)) || ageMs > STALE_AFTER_MS;
}

/** Moves it away first: of several that saw it stale only one succeeds, and a new holder's lock is put back. */
async function removeStale(path: string, seen: Holder): Promise<void> {
  const aside = `${path}.${process.pid}.stale`;
  try {
    await fs.rename(path, aside);
    const moved = await fs.stat(aside);
    if (moved.ino !== seen.inode) await fs.link(aside, path);
    await fs.unlink(aside);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}
