import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildHelper } from '../../build.ts';

const graceMs = 3_000;

/**
 * Builds the helper's bundle, for the tests that run it. Gives the whole run a temporary directory of its own and, at the end, fails the run if a file is left in it or a
 * process that was started below it is still there.
 */
export default async function setup(): Promise<() => Promise<void>> {
  await buildHelper();
  const runDirectory = mkdtempSync(join(tmpdir(), 'gitpod-helper-test-'));
  const previous = process.env['TMPDIR'];
  process.env['TMPDIR'] = runDirectory;
  return async () => {
    if (previous === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = previous;
    const deadline = Date.now() + graceMs;
    while (leftovers(runDirectory).length > 0 && Date.now() < deadline) await delay(20);
    const left = leftovers(runDirectory);
    rmSync(runDirectory, { recursive: true, force: true });
    if (left.length > 0) {
      process.exitCode = 1;
      throw new Error(`the tests left behind: ${left.join(', ')}`);
    }
  };
}

function leftovers(runDirectory: string): string[] {
  const files = readdirSync(runDirectory).filter((name) => !isToolCache(name));
  return [...files, ...processesNaming(runDirectory)];
}

/** Node and the test runner keep caches in the temporary directory that no test made. */
function isToolCache(name: string): boolean {
  return name === 'node-compile-cache' || name.startsWith('vitest');
}

/** Processes whose command line names the run's directory (Linux only; elsewhere the files alone tell). */
function processesNaming(runDirectory: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return commandLine.includes(runDirectory) ? [`process ${pid}: ${commandLine}`] : [];
      } catch {
        return []; // gone meanwhile, or somebody else's
      }
    });
}
