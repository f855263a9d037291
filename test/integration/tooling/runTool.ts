import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The project's own directory. */
export const projectRoot: string = join(import.meta.dirname, '../../..');

/** Runs one of the project's own tools, in the project's directory unless told otherwise. */
export async function runTool(
  name: string,
  toolArguments: readonly string[],
  cwd: string = projectRoot,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const binaries = join(projectRoot, 'node_modules/.bin');
  const child = spawn(join(binaries, name), toolArguments, {
    cwd,
    env: { ...process.env, PATH: `${binaries}:${process.env['PATH']}`, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode, stdout, stderr };
}
