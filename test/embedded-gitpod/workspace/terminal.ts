import { type ChildProcess, spawn } from 'node:child_process';

export interface TerminalSize {
  readonly rows: number;
  readonly cols: number;
}

/** Whether pseudo-terminals are to be had: they come from util-linux's `script`. */
export const hasTerminals = process.platform === 'linux';

/** What runs in a pseudo-terminal, and how to change its size. */
export class Terminal {
  readonly child: ChildProcess;
  readonly #device: Promise<string>;

  /** Runs a command, or a login shell without one, in a terminal of this size. */
  constructor(
    command: string | undefined,
    size: TerminalSize,
    options: { readonly cwd: string; readonly env: Record<string, string> },
  ) {
    const program = command === undefined ? '/bin/sh -l' : `/bin/sh -c ${quote(command)}`;
    const inside = `stty rows ${size.rows} cols ${size.cols}; tty >&3; exec 3>&-; exec ${program}`;
    this.child = spawn('script', ['-q', '-e', '-f', '-c', inside, '/dev/null'], {
      ...options,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    // Written whole, and `script` keeps its own copy of the pipe open: there is no end to wait for.
    this.#device = new Promise((resolve) => {
      this.child.stdio[3]?.once('data', (line: Buffer) => resolve(line.toString('utf8').trim()));
    });
  }

  /** Sets the size, which tells the foreground process by SIGWINCH. */
  async resize({ rows, cols }: TerminalSize): Promise<void> {
    const device = await this.#device;
    const stty = spawn('stty', ['-F', device, 'rows', String(rows), 'cols', String(cols)], { stdio: 'ignore' });
    // A terminal that is gone meanwhile has no size to set.
    stty.on('error', () => stty.kill());
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
