import { killTree } from './killTree.ts';
import { ProcessError, type ProcessFailure } from './processError.ts';

export interface ProcessOptions {
  /** Ends the child; the call then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Ends the child after this time; the call then rejects with a ProcessError of kind `deadline`. */
  readonly deadlineMs: number;
  /** The whole environment of the child; nothing is inherited beside it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What the child reads. Left out, it reads from nothing; it never reads from our own stdin. */
  readonly stdin?: string | Buffer;
  /** Limit for stdout and stderr together; 1 MiB when left out. */
  readonly maxOutputBytes?: number;
}

export interface ProcessOutput {
  readonly stdout: string;
  readonly stderr: string;
}

const DEFAULT_MAX_OUTPUT_BYTES = 1024 * 1024;

/** How long the end of a killed child is waited for; only one that cannot be killed takes so long. */
const KILL_GRACE_MS = 2_000;

/** How long an ended child's pipes are still read when a descendant (a browser, a daemon) keeps them open. */
const OUTPUT_GRACE_MS = 250;

/**
 * Runs a program to its end, without a shell, and gives what it printed.
 *
 * The child leads a process group of its own, without a terminal, so it cannot prompt, and a deadline, an abort or too
 * much output kills it with everything it started.
 *
 * @throws ProcessError when it cannot be started, ends with anything but 0, is late or prints too much.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessOutput> {
  const { spawn } = await import('node:child_process'); // at first use: the start is quicker without it
  options.signal.throwIfAborted();
  const child = spawn(file, args, {
    detached: process.platform !== 'win32',
    env: { ...options.env },
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let outputBytes = 0;
    let killedFor: ProcessFailure | 'abort' | undefined;
    let graceTimer: NodeJS.Timeout | undefined;

    const output = (): ProcessOutput => ({
      stdout: Buffer.concat(stdout).toString('utf8'),
      stderr: Buffer.concat(stderr).toString('utf8'),
    });
    const fail = (failure: ProcessFailure, cause?: unknown) =>
      reject(new ProcessError(file, failure, output(), cause === undefined ? undefined : { cause }));
    const killFor = (why: ProcessFailure | 'abort') => {
      if (killedFor !== undefined) return;
      killedFor = why;
      killTree(child, spawn);
      graceTimer = setTimeout(() => finish(null, 'SIGKILL'), KILL_GRACE_MS);
    };
    const onAbort = () => killFor('abort');
    const deadlineTimer = setTimeout(
      () => killFor({ kind: 'deadline', deadlineMs: options.deadlineMs }),
      options.deadlineMs,
    );
    const release = () => {
      clearTimeout(deadlineTimer);
      clearTimeout(graceTimer);
      options.signal.removeEventListener('abort', onAbort);
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.stdin?.destroy();
    };
    const finish = (exitCode: number | null, signalName: NodeJS.Signals | null) => {
      release();
      if (killedFor === 'abort') reject(options.signal.reason);
      else if (killedFor !== undefined) fail(killedFor);
      else if (exitCode === 0) resolve(output());
      else fail({ kind: 'exit', exitCode, signalName });
    };
    const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
      outputBytes += chunk.length;
      const maxOutputBytes = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
      if (outputBytes > maxOutputBytes) killFor({ kind: 'output-limit', maxOutputBytes });
      else chunks.push(chunk);
    };

    options.signal.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', collect(stdout));
    child.stderr?.on('data', collect(stderr));
    child.once('error', (cause) => {
      release();
      fail({ kind: 'not-started' }, cause);
    });
    child.once('close', finish);
    child.once('exit', (exitCode, signalName) => {
      clearTimeout(graceTimer);
      graceTimer = setTimeout(() => finish(exitCode, signalName), OUTPUT_GRACE_MS);
    });
    // A child may end without reading what it was given; its exit code then tells, not the broken pipe.
    child.stdin?.on('error', () => child.stdin?.destroy());
    child.stdin?.end(options.stdin);
  });
}
