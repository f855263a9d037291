import { mkdirSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keptReports = 10;

/** A report of a helper that ended by a fault of its own. */
export interface CrashReport {
  readonly path: string;
  /** When it was, as in the file's name. */
  readonly at: string;
}

/** Where they are, below the helper's own directory. */
function reportsDirectory(helperDirectory: string): string {
  return join(helperDirectory, 'crashes');
}

/**
 * Writes a report at once, since the process ends, readable by its owner only. The oldest are removed.
 *
 * @returns its path; undefined when it cannot be written, as a second fault must not hide the first.
 */
export function writeCrashReport(helperDirectory: string, content: string): string | undefined {
  const directory = reportsDirectory(helperDirectory);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `${new Date().toISOString().replaceAll(':', '-')}-${process.pid}.json`);
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
    for (const { path: old } of listCrashReports(helperDirectory).slice(0, -keptReports)) unlinkSync(old);
    return path;
  } catch {
    return undefined;
  }
}

/** Every report that is kept, oldest first. */
export function listCrashReports(helperDirectory: string): readonly CrashReport[] {
  const directory = reportsDirectory(helperDirectory);
  return namesIn(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ path: join(directory, name), at: name.slice(0, 19).replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:') }));
}

/** The reports that nobody was told of yet. Each is told of once: its name then says so. */
export function takeUntoldCrashReports(helperDirectory: string): readonly CrashReport[] {
  const untold = listCrashReports(helperDirectory).filter(({ path }) => !path.endsWith('.told.json'));
  return untold.map(({ path, at }) => {
    const told = path.replace(/\.json$/, '.told.json');
    renameSync(path, told);
    return { path: told, at };
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
