import type { Failure } from '../failures.ts';

/** Nobody means longer; and what is told of it has to be a date. */
const longestMs = 24 * 60 * 60_000;

/** How long an installation that takes no more calls has asked to be left alone; 0 for any other failure. */
export function retryAfterMs(reason: Failure | undefined): number {
  if (reason?.code !== 'RATE_LIMITED') return 0;
  return Math.min(Number(reason.details['retry_after_seconds']) * 1000, longestMs);
}
