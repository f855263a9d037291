import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { log } from '../../log.ts';
import { killTree } from '../../platform/killTree.ts';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How long a proxy may take to end, once when its input has ended and once when it is told to. */
const terminationMs = 300;
/** How long the end of a killed proxy is waited for; only one that cannot be killed takes so long. */
const killMs = 2_000;
/** Between the end of a proxy's output and its own. */
const exitMs = 500;
/** A descendant (the master of a shared connection) may keep standard error open. */
const stderrMs = 100;
const maxLineChars = 1_000;

/** A proxy ended by itself, or could not be started. The message has the last line of its standard error. */
export class ProxyCommandError extends Error {
  override readonly name = 'ProxyCommandError';
}

/**
 * A child process whose standard input and output are a stream, as OpenSSH uses a ProxyCommand. Its standard error is
 * logged. When the stream is destroyed, the child ends with everything in its process group, and only then the stream
 * closes; when the child ends first, the stream fails with a {@link ProxyCommandError}.
 */
export class ProxyCommandStream extends Duplex {
  readonly #child: Child;
  readonly #exited: Promise<void>;
  readonly #stderrEnded: Promise<void>;
  #lastLine = '';
  #isEnding = false;

  /** Starts the program without a terminal. A failure to start is told as the stream's error. */
  constructor([file, ...args]: readonly [string, ...string[]], env: Readonly<Record<string, string | undefined>>) {
    super({ allowHalfOpen: false });
    this.#child = spawn(file, args, {
      detached: process.platform !== 'win32',
      env: { ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      windowsVerbatimArguments: args[0] === '/d', // for cmd.exe, which has its own idea of quotes
    });
    killAtExit(this.#child);
    this.on('error', () => undefined); // it may come while nobody uses the stream yet; whoever does hears it, too
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', (error) => {
        resolve();
        this.destroy(new ProxyCommandError('it could not be started', { cause: error }));
      });
    });
    const { stdin, stdout, stderr } = this.#child;
    this.#stderrEnded = new Promise((resolve) => {
      stderr.once('close', resolve);
    });
    this.#readLines(stderr);
    stdin.on('error', () => this.#afterOutput());
    stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause();
    });
    stdout.once('close', () => this.#afterOutput());
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // A broken pipe says less than the end of the child that follows it.
    this.#child.stdin.write(chunk, (error) => {
      if (error === null || error === undefined) callback();
    });
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#isEnding = true;
    this.#child.stdin.end();
    callback();
    // ssh2 does not destroy a stream that it has ended, and a proxy may not care that its input has ended.
    atMost(terminationMs, this.#exited).then(() => this.destroy());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#endChild().then(() => callback(error), callback);
  }

  async #afterOutput(): Promise<void> {
    await atMost(exitMs, this.#exited);
    await atMost(stderrMs, this.#stderrEnded);
    if (this.destroyed) return;
    this.destroy(this.#isEnding ? undefined : new ProxyCommandError(this.#describeEnd()));
  }

  #describeEnd(): string {
    const { exitCode, signalCode } = this.#child;
    const end =
      signalCode !== null
        ? `it was ended by ${signalCode}`
        : exitCode === null
          ? 'it closed its output'
          : `it ended with exit code ${exitCode}`;
    return this.#lastLine === '' ? end : `${end}, saying "${this.#lastLine}"`;
  }

  async #endChild(): Promise<void> {
    const child = this.#child;
    if (child.pid !== undefined) {
      killTree(child, spawn, 'SIGTERM');
      await atMost(terminationMs, this.#exited);
      killTree(child, spawn); // also what the child leaves behind
      await atMost(killMs, this.#exited);
    }
    for (const pipe of child.stdio) pipe?.destroy();
  }

  #readLines(stderr: Readable): void {
    let rest = '';
    const tell = (line: string) => {
      const text = line
        .replaceAll(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, maxLineChars);
      if (text === '') return;
      this.#lastLine = text;
      log.info('ssh.proxy_stderr', { line: text });
    };
    stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = (lines.pop() ?? '').slice(0, maxLineChars);
      lines.forEach(tell);
    });
    stderr.once('end', () => tell(rest));
  }
}

const running = new Set<Child>();

/** This process may end without having closed its connections. */
function killAtExit(child: Child): void {
  if (running.size === 0) process.on('exit', killRunning);
  running.add(child);
  const forget = () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', killRunning);
  };
  child.once('exit', forget);
  child.once('error', forget);
}

function killRunning(): void {
  for (const child of running) killTree(child, spawn);
}

async function atMost(timeoutMs: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
