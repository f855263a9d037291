import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundlePath } from '../../build.ts';
import { duplexOf } from './duplexOf.ts';
import { GrpcClient } from './grpcClient.ts';

/** How a front end starts the helper. */
export interface HelperProcessOptions {
  /** On top of PATH, which is all there is otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments to Node before the bundle. */
  readonly nodeArguments?: readonly string[];
}

/** The built helper as a subprocess, driven over its standard input and output. */
export class HelperProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly client: GrpcClient;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  #log = '';

  constructor(options: HelperProcessOptions = {}) {
    const child = spawn(process.execPath, [...(options.nodeArguments ?? []), bundlePath, 'serve', '--stdio'], {
      env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    this.exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
    });
    child.stdin.on('error', () => undefined); // EPIPE when the helper is gone first
    this.client = new GrpcClient(duplexOf(child.stdout, child.stdin));
  }

  /** Everything it has written to standard error. */
  get log(): string {
    return this.#log;
  }

  /** Ends it as a front end does that goes away, and waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.client[Symbol.dispose]();
    this.child.stdin?.destroy();
    await this.exited;
  }
}
