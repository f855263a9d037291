import { Failure } from '../failures.ts';
import { log } from '../log.ts';
import { BackOff } from '../platform/backOff.ts';
import { pause } from '../platform/deadline.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/** Makes an attempt again, after pauses that double up to a cap, as long as it fails because nothing can be reached. */
export async function untilReachable(attempt: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const backOff = new BackOff(firstPauseMs, longestPauseMs);
  while (!signal.aborted) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.info('account.not_confirmed', { code: error.code });
      if (!error.retryable) return;
      await pause(backOff.nextMs(), signal);
    }
  }
}
