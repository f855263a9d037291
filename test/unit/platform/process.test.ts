import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { passwdHome } from '../../../helper/platform/home.ts';
import { type ProcessOptions, runProcess } from '../../../helper/platform/process.ts';
import { ProcessError } from '../../../helper/platform/processError.ts';

const base: ProcessOptions = {
  signal: new AbortController().signal,
  deadlineMs: 20_000,
  env: { PATH: process.env['PATH'] },
};

function runNode(program: string, options: Partial<ProcessOptions> = {}) {
  return runProcess(process.execPath, ['-e', program], { ...base, ...options });
}

async function errorOf(running: Promise<unknown>): Promise<ProcessError> {
  const error: unknown = await running.catch((reason: unknown) => reason);
  if (!(error instanceof ProcessError)) throw new Error('expected a ProcessError', { cause: error });
  return error;
}

describe('a program that ends well', () => {
  test('gives what it printed', async () => {
    const output = await runNode('console.log("out ä"); console.error("err")');
    expect(output).toEqual({ stdout: 'out ä\n', stderr: 'err\n' });
  });

  test('gets its arguments as they are, without a shell', async () => {
    const { stdout } = await runProcess('printf', ['%s|', 'a b', '$HOME', '"; echo'], base);
    expect(stdout).toBe('a b|$HOME|"; echo|');
  });

  test('reads what it is given, or nothing', async () => {
    const echo = 'process.stdin.pipe(process.stdout)';
    expect((await runNode(echo, { stdin: 'x'.repeat(200_000) })).stdout).toHaveLength(200_000);
    expect((await runNode(echo)).stdout).toBe('');
  });

  test('may leave its input unread', async () => {
    await expect(runNode('', { stdin: 'x'.repeat(1_000_000) })).resolves.toEqual({ stdout: '', stderr: '' });
  });

  test('has no environment but the one given', async () => {
    const { stdout } = await runNode('console.log(JSON.stringify(process.env))', { env: { ONLY: 'this' } });
    expect(JSON.parse(stdout)).toEqual({ ONLY: 'this' });
  });

  test('runs where it is told to', async () => {
    expect((await runNode('console.log(process.cwd())', { cwd: '/' })).stdout).toBe('/\n');
  });

  test('does not wait for a descendant that keeps its output open', async () => {
    const { stdout } = await runProcess('sh', ['-c', 'sleep 600 & echo $!'], base);
    process.kill(Number(stdout)); // throws if it is gone already
  });
});

describe('a program that does not', () => {
  test('cannot be found', async () => {
    const error = await errorOf(runProcess('/nonexistent/program', [], base));
    expect(error).toMatchObject({
      file: '/nonexistent/program',
      failure: { kind: 'not-started' },
      cause: { code: 'ENOENT' },
    });
  });

  test('ends with another exit code', async () => {
    const error = await errorOf(runNode('console.log(1); console.error(2); process.exitCode = 7'));
    expect(error).toMatchObject({ failure: { kind: 'exit', exitCode: 7 }, stdout: '1\n', stderr: '2\n' });
    expect(error.message).toMatch(/ended with exit code 7$/);
  });

  test('ends by a signal', async () => {
    const error = await errorOf(runNode('process.kill(process.pid, "SIGTERM")'));
    expect(error.failure).toEqual({ kind: 'exit', exitCode: null, signalName: 'SIGTERM' });
  });

  test('is late', async () => {
    const error = await errorOf(runProcess('sleep', ['600'], { ...base, deadlineMs: 50 }));
    expect(error.failure).toEqual({ kind: 'deadline', deadlineMs: 50 });
  });

  test('prints too much', async () => {
    const error = await errorOf(runProcess('yes', [], { ...base, maxOutputBytes: 1000 }));
    expect(error.failure).toEqual({ kind: 'output-limit', maxOutputBytes: 1000 });
    expect(error.stdout.length).toBeLessThanOrEqual(1000);
  });

  test('is aborted: the reason comes back, and what it started is killed too', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pipe-'));
    const path = join(directory, 'pipe');
    await runProcess('mkfifo', [path], base);
    const abort = new AbortController();
    const script = `(echo up; exec sleep 600) > ${path} & wait`;
    const running = runProcess('sh', ['-c', script], { ...base, signal: abort.signal });
    const reason = new Error('enough');
    const pipe = createReadStream(path).once('data', () => abort.abort(reason));
    const noWriterIsLeft = once(pipe, 'end');
    await expect(running).rejects.toBe(reason);
    await noWriterIsLeft;
    rmSync(directory, { recursive: true });
  });

  test('is not started after an abort', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(runProcess('/nonexistent/program', [], { ...base, signal })).rejects.toBe(signal.reason);
  });
});

test('the passwd home is not $HOME', async () => {
  const program = `import { passwdHome } from '${new URL('../../../helper/platform/home.ts', import.meta.url).href}'; console.log(passwdHome())`;
  const args = ['--input-type=module', '-e', program];
  const { stdout } = await runProcess(process.execPath, args, { ...base, env: { HOME: '/somewhere/else' } });
  expect(stdout).toBe(`${passwdHome()}\n`);
});
