import { failure } from '../../failures.ts';
import { raceSignal } from '../../platform/deadline.ts';
import type { SignInPage } from './signInThroughBrowser.ts';

/** One sign-in that several callers wait for; it is cancelled when the last of them has gone. */
export class SharedSignIn<T> {
  readonly #cancelled = new AbortController();
  readonly #listeners = new Set<(page: SignInPage) => void>();
  #page: SignInPage | undefined;
  readonly #result: Promise<T>;

  constructor(run: (onPage: (page: SignInPage) => void, signal: AbortSignal) => Promise<T>) {
    this.#result = run((page) => this.#show(page), this.#cancelled.signal);
    this.#result.catch(() => undefined); // each caller gets it
  }

  /** Whether all who waited have gone: it must not be joined any more. */
  get isCancelled(): boolean {
    return this.#cancelled.signal.aborted;
  }

  /** Resolves when it is over, and its port is free. */
  get ended(): Promise<unknown> {
    return this.#result.catch(() => undefined);
  }

  /** Waits for it; a caller that comes later gets the page at once. @throws what the sign-in throws, or the signal's reason. */
  async join(onPage: (page: SignInPage) => void, signal: AbortSignal): Promise<T> {
    const listener = (page: SignInPage) => onPage(page);
    this.#listeners.add(listener);
    try {
      if (this.#page !== undefined) listener(this.#page);
      return await raceSignal(this.#result, signal);
    } finally {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.cancel();
    }
  }

  /** Ends it for everybody. */
  cancel(): void {
    this.#cancelled.abort(failure('CANCELLED', {}));
  }

  #show(page: SignInPage): void {
    this.#page = page;
    for (const listener of this.#listeners) listener(page);
  }
}
