import { failure } from '../../failures.ts';
import { log } from '../../log.ts';
import { BackOff } from '../../platform/backOff.ts';
import { pause } from '../../platform/deadline.ts';
import type { WorkspaceWatcher } from '../controlPlane.ts';
import { asObject, objectAt, stringAt } from '../json.ts';
import { parseStatus, type WorkspaceSpec } from './parseWorkspace.ts';

/** What the watch is made with. */
export interface StatusWatchOptions {
  /** Opens the stream of every change of the user's workspaces. */
  readonly open: (signal: AbortSignal) => AsyncIterable<unknown>;
  readonly specOf: (workspaceId: string) => WorkspaceSpec;
  readonly signal: AbortSignal;
}

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/** The stream of changes, open while somebody watches, and opened again whenever it ends (gitpod-wire §3.4). */
export class StatusWatch {
  readonly #options: StatusWatchOptions;
  readonly #watchers = new Set<WorkspaceWatcher>();
  #running: AbortController | undefined;
  #current: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: StatusWatchOptions) {
    this.#options = options;
  }

  /** Resolves when no stream is open any more, once nobody watches or the signal has aborted. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  add(watcher: WorkspaceWatcher): Disposable {
    this.#watchers.add(watcher);
    if (this.#running === undefined) {
      this.#running = new AbortController();
      this.#ended = this.#run(AbortSignal.any([this.#options.signal, this.#running.signal]));
    }
    return { [Symbol.dispose]: () => this.#remove(watcher) };
  }

  /** Opens another stream in place of the one there is. */
  reconnect(): void {
    this.#current?.abort(failure('CANCELLED', {}));
  }

  #remove(watcher: WorkspaceWatcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    this.#running?.abort(failure('CANCELLED', {}));
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const backOff = new BackOff(firstPauseMs, longestPauseMs);
    while (!signal.aborted) {
      const current = new AbortController();
      this.#current = current;
      try {
        for await (const message of this.#options.open(AbortSignal.any([signal, current.signal]))) {
          backOff.reset();
          this.#tell(message);
        }
      } catch (error) {
        if (!signal.aborted) log.info('account.status_stream_ended', { error });
      }
      if (signal.aborted) return;
      for (const watcher of this.#watchers) watcher.onGap();
      await pause(backOff.nextMs(), signal).catch(() => undefined);
    }
  }

  #tell(message: unknown): void {
    try {
      const change = asObject(message, 'message');
      const workspaceId = stringAt(change, 'workspaceId');
      const instance = parseStatus(objectAt(change, 'status'), this.#options.specOf(workspaceId));
      // The first message is empty: it says that the stream is open.
      if (workspaceId === '' || instance === undefined) return;
      for (const watcher of this.#watchers) watcher.onInstance(workspaceId, instance);
    } catch (error) {
      log.warn('account.update_not_understood', { error });
    }
  }
}
