import type { Failure } from '../failures.ts';

/** How long an installation that takes no more calls has asked to be left alone; 0 for any other failure. */
export function retryAfterMs(reason: Failure | undefined): number {
  return reason?.code === 'RATE_LIMITED' ? Number(reason.details['retry_after_seconds']) * 1000 : 0;
}
