import { ErrorCode, RpcError } from './rpcError.ts';

interface RateGroup {
  readonly calls: number;
  readonly windowMs: number;
}

/** Methods with limits of their own (gitpod-wire §2.3). */
const ownGroups: ReadonlyMap<string, RateGroup> = new Map([
  ['startWorkspace', { calls: 3, windowMs: 10_000 }],
  ['createWorkspace', { calls: 3, windowMs: 10_000 }],
  ['sendHeartBeat', { calls: 100, windowMs: 300_000 }],
]);

/** The default rate group (gitpod-wire §2.3). */
export const defaultCallsPerMinute = 200;

/** Limits the calls of each user, over all its connections. */
export class RateLimiter {
  readonly #callsPerMinute: number;
  readonly #windows = new Map<string, { startedAtMs: number; used: number }>();

  constructor(callsPerMinute: number) {
    this.#callsPerMinute = callsPerMinute;
  }

  /**
   * Counts one call.
   * @throws {RpcError} 429, its data telling the method and the seconds to wait
   */
  consume(userId: string, method: string): void {
    const own = ownGroups.get(method);
    const { calls, windowMs } = own ?? { calls: this.#callsPerMinute, windowMs: 60_000 };
    const key = own === undefined ? userId : `${userId} ${method}`;
    const nowMs = Date.now();
    const current = this.#windows.get(key);
    const window = current && nowMs - current.startedAtMs < windowMs ? current : { startedAtMs: nowMs, used: 0 };
    this.#windows.set(key, window);
    window.used += 1;
    if (window.used <= calls) return;
    const retryAfter = Math.max(1, Math.round((window.startedAtMs + windowMs - nowMs) / 1000));
    throw new RpcError(ErrorCode.TOO_MANY_REQUESTS, 'too many requests', { method, retryAfter });
  }
}
