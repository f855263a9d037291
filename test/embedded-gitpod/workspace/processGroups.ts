import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { processesByEnvironment } from './processesByEnvironment.ts';

/** The process groups that sessions started, each led by its child. */
export class ProcessGroups implements AsyncDisposable {
  readonly #leaders = new Set<ChildProcess>();
  readonly #mark: string;

  /** @param mark `NAME=value` in the environment of every process that is started */
  constructor(mark: string) {
    this.#mark = mark;
  }

  /** Takes in a child that was spawned `detached`, so that it leads a group of its own. */
  add(child: ChildProcess): void {
    this.#leaders.add(child);
    child.on('close', () => this.#leaders.delete(child));
    child.on('error', () => this.#leaders.delete(child));
  }

  signal(leader: ChildProcess, signal: NodeJS.Signals): void {
    if (leader.pid !== undefined && this.#leaders.has(leader)) kill(-leader.pid, signal);
  }

  /** Kills every group and waits until its leader's streams are closed; then whatever a command left in the background. */
  async [Symbol.asyncDispose](): Promise<void> {
    const leaders = [...this.#leaders];
    const closed = leaders.map((leader) => once(leader, 'close'));
    for (const leader of leaders) this.signal(leader, 'SIGKILL');
    await Promise.all(closed);
    for (const pid of await processesByEnvironment(this.#mark)) kill(pid, 'SIGKILL');
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}
