import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundlePath } from '../../build.ts';

/** A command of the built helper on a terminal of its own, by script(1). */
export class TerminalCommand implements AsyncDisposable {
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  #screen = '';

  constructor(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    // In place of the shell, which would end by Ctrl-C by itself.
    const command = ['exec', process.execPath, bundlePath, ...words].map(quote).join(' ');
    const child = spawn('script', ['--quiet', '--return', '--echo', 'never', '--command', command, '/dev/null'], {
      env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], SHELL: '/bin/sh', NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#screen += text.replaceAll('\r', '');
    });
    child.stdin.on('error', () => undefined);
    this.#child = child;
    this.exited = once(child, 'close').then(([code]) => code);
  }

  /** Everything that was shown. */
  readonly screen = (): string => this.#screen;

  type(line: string): void {
    this.press(`${line}\n`);
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.exited;
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
