import { Failure } from '../failures.ts';
import { log } from '../log.ts';
import { BackOff } from '../platform/backOff.ts';
import { pause } from '../platform/deadline.ts';
import { retryAfterMs } from './retryAfter.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/**
 * Makes an attempt again, after pauses that double up to a cap, until it works or the credential is refused, which only another
 * one changes. The rest is over one day without anybody telling: a network's sign-in page, a proxy's or firewall's refusal.
 */
export async function untilReachable(attempt: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const backOff = new BackOff(firstPauseMs, longestPauseMs);
  while (!signal.aborted) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.info('account.not_confirmed', { code: error.code });
      if (error.code === 'SIGN_IN_REQUIRED' || error.code === 'USER_BLOCKED') return;
      await pause(Math.max(backOff.nextMs(), retryAfterMs(error)), signal);
    }
  }
}
