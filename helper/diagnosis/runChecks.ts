import { Failure } from '../failures.ts';
import { log } from '../log.ts';
import { Deadline, DeadlineError, raceSignal } from '../platform/deadline.ts';
import { amiss, type Check, type CheckResult, type Finding, failed, skipped } from './check.ts';
import type { Examination } from './examination.ts';

/** What a list of results comes to: something does not work, something is not as it should be, or neither. */
export type Outcome = 'healthy' | 'degraded' | 'broken';

/** Long enough for a network that is slow, short enough for a person who waits. */
const usualTimeoutMs = 20_000;

/**
 * Starts all checks at once. One that builds on another waits for it, and is skipped when that has a problem, so that
 * the first cause stands out.
 *
 * @returns a promise for each, in their order. They reject with the signal's reason only.
 */
export function runChecks(
  checks: readonly Check[],
  examination: Examination,
  signal: AbortSignal,
): readonly Promise<CheckResult>[] {
  const results = new Map<string, Promise<CheckResult>>();
  for (const check of checks) {
    const before = check.after.flatMap((id) => results.get(id) ?? []);
    const result = run(check, before, examination, signal);
    result.catch(() => undefined); // whoever prints awaits them one after the other
    results.set(check.id, result);
  }
  return [...results.values()];
}

/** What all of them come to. */
export function outcomeOf(results: readonly Finding[]): Outcome {
  if (results.some(({ verdict }) => verdict === 'problem')) return 'broken';
  return results.some(({ verdict }) => verdict === 'warning') ? 'degraded' : 'healthy';
}

async function run(
  check: Check,
  before: readonly Promise<CheckResult>[],
  examination: Examination,
  signal: AbortSignal,
): Promise<CheckResult> {
  const obstacle = (await Promise.all(before)).find(isObstacle);
  if (obstacle !== undefined) {
    return { check, ...skipped(`not checked; it builds on "${obstacle.check.title}"`), elapsedMs: 0, isBlocked: true };
  }
  const startedAt = performance.now();
  const finding = await examineInTime(check, examination, signal);
  return { check, ...finding, elapsedMs: Math.round(performance.now() - startedAt), isBlocked: false };
}

/** What was not checked because of something else is no ground to build on, either. */
function isObstacle({ verdict, isBlocked }: CheckResult): boolean {
  return verdict === 'problem' || isBlocked;
}

async function examineInTime(check: Check, examination: Examination, signal: AbortSignal): Promise<Finding> {
  const timeoutMs = check.timeoutMs ?? usualTimeoutMs;
  using deadline = new Deadline(check.title, timeoutMs, signal);
  try {
    return await raceSignal(check.examine(examination, deadline.signal), deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) return failed(error);
    if (error instanceof DeadlineError || deadline.signal.aborted) {
      const text = 'Check the network connection, VPN or proxy, then try again';
      return amiss('problem', `no result within ${timeoutMs / 1000} s`, [{ action: 'RETRY', text }]);
    }
    log.error('diagnosis.check_failed', { check: check.id, error });
    const text = 'Report it, with a diagnostics bundle';
    const command = 'gitpod-helper diagnostics --output diagnostics.tar.gz';
    return amiss('warning', 'the check itself failed; the log has the cause', [
      { action: 'COLLECT_DIAGNOSTICS', text, command },
    ]);
  }
}
