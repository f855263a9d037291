import { ErrorCode, RpcError } from './rpcError.ts';

const windowMs = 60_000;
const pointsPerWindow = 200;

/** The default rate group: 200 calls in 60 s for each user, over all its connections (gitpod-wire §2.3). */
export class RateLimiter {
  readonly #windows = new Map<string, { startedAtMs: number; used: number }>();

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
    if (window.used <= pointsPerWindow) return;
    const retryAfter = Math.max(1, Math.round((window.startedAtMs + windowMs - nowMs) / 1000));
    throw new RpcError(ErrorCode.TOO_MANY_REQUESTS, 'too many requests', { method, retryAfter });
  }
}
