/** As long as a timer can be (24 days): one that is to take longer rings at once. */
const longestTimerMs = 2 ** 31 - 1;

/** A deadline passed before the awaited thing came. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number) {
    super(`${what} took longer than ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** A signal that aborts with a {@link DeadlineError} after `timeoutMs`, or with `parent`. Dispose it to stop the clock. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #parent: AbortSignal | undefined;
  readonly #onParentAbort: () => void;

  constructor(what: string, timeoutMs: number, parent?: AbortSignal) {
    const controller = new AbortController();
    this.signal = controller.signal;
    this.#timer = setTimeout(
      () => controller.abort(new DeadlineError(what, timeoutMs)),
      Math.min(timeoutMs, longestTimerMs),
    );
    this.#parent = parent;
    this.#onParentAbort = () => controller.abort(parent?.reason);
    if (parent?.aborted === true) this.#onParentAbort();
    else parent?.addEventListener('abort', this.#onParentAbort, { once: true });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener('abort', this.#onParentAbort);
  }
}

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const timer = setTimeout(finish, Math.min(delayMs, longestTimerMs), undefined);
    const onAbort = () => finish(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    function finish(reason: unknown): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (reason === undefined) resolve();
      else reject(reason);
    }
  });
}

/** Awaits `promise`, but no longer than the signal lasts. The promise itself goes on; its late failure is nobody's. */
export function raceSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
