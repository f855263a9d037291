import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundlePath } from '../../build.ts';
import type { RunningCommand } from './runBundle.ts';

/** Starts a command of the built helper on a terminal of its own (script(1)), which shows in `stdout`. */
export function startOnTerminal(
  commandArguments: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningCommand {
  const words = [process.execPath, bundlePath, ...commandArguments];
  const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], SHELL: '/bin/sh', NO_COLOR: '1', ...env },
    stdio: 'pipe',
  });
  let shown = '';
  child.stdout.on('data', (chunk) => {
    shown += String(chunk);
  });
  const exited = once(child, 'close').then(([code]) => code);
  return { child, stdout: () => shown, stderr: () => '', exited };
}
