import { ErrorCode, RpcError } from './rpcError.ts';

const windowMs = 60_000;

/** The default rate group (gitpod-wire §2.3). */
export const defaultCallsPerMinute = 200;

/** Limits the calls of each user in 60 s, over all its connections. */
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
    const nowMs = Date.now();
    const current = this.#windows.get(userId);
    const window = current && nowMs - current.startedAtMs < windowMs ? current : { startedAtMs: nowMs, used: 0 };
    this.#windows.set(userId, window);
    window.used += 1;
    if (window.used <= this.#callsPerMinute) return;
    const retryAfter = Math.max(1, Math.round((window.startedAtMs + windowMs - nowMs) / 1000));
    throw new RpcError(ErrorCode.TOO_MANY_REQUESTS, 'too many requests', { method, retryAfter });
  }
}
