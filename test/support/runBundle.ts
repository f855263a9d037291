import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundlePath } from '../../build.ts';

/** A command of the built helper, as a person runs it. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
}

/** Starts the built helper's command line with nothing but PATH and `env` in its environment. */
export function startCommand(
  commandArguments: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: 'ignore' | 'pipe' = 'ignore',
): RunningCommand {
  const child = spawn(process.execPath, [bundlePath, ...commandArguments], {
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], NO_COLOR: '1', ...env },
    stdio: [input, 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const exited = once(child, 'close').then(([code]) => code);
  return { child, stdout: () => stdout, stderr: () => stderr, exited };
}

/** Runs a command to its end. */
export async function runCommand(
  commandArguments: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const command = startCommand(commandArguments, env);
  const code = await command.exited;
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}
