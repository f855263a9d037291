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
    if (seen !== undefined && isStale(seen)) await removeStale(path, seen, holder);
    await pause(RETRY_PAUSE_MS, signal);
  }
  return { [Symbol.asyncDispose]: () => fs.unlink(path) };
}

interface Holder {
  readonly text: string;
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

/** What is read and how old it is belong to the same file: by its name, there may be another one a moment later. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    await using file = await fs.open(path);
    const { mtimeMs } = await file.stat();
    return { text: await file.readFile('utf8'), ageMs: Date.now() - mtimeMs };
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

/**
 * Only one at a time removes a stale lock, and looks once more before: several may have seen it, and once the first has
 * removed it, the lock that is there is another's. As its holder is dead, a lock that is still there cannot go otherwise.
 */
async function removeStale(path: string, { text }: Holder, holder: string): Promise<void> {
  const takeover = `${path}.takeover`;
  if (!(await tryCreate(takeover, holder))) {
    // Its maker may have died, too.
    const other = await readHolder(takeover);
    if (other !== undefined && other.ageMs > STALE_AFTER_MS) await unlinkIfThere(takeover);
    return;
  }
  try {
    if ((await readHolder(path))?.text === text) await unlinkIfThere(path);
  } finally {
    await unlinkIfThere(takeover);
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await fs.unlink(path);
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
