import { retryAfterMs } from '../account/retryAfter.ts';
import { Failure } from '../failures.ts';
import { log } from '../log.ts';
import { BackOff } from '../platform/backOff.ts';
import { pause } from '../platform/deadline.ts';
import { watchNetwork } from '../platform/network/networkWatch.ts';
import type { ConnectContext, ConnectRequest } from './connectWorkspace.ts';
import { type Established, establish } from './establish.ts';
import type { ConnectEvent } from './events.ts';
import { failedAttemptOf, type SessionStates } from './sessionStates.ts';

const firstPauseMs = 500;
const longestPauseMs = 10_000;

/**
 * Dials again with a back-off until it works, or until a failure says that it will not by itself.
 *
 * @throws the signal's reason.
 */
export async function restoreConnection(
  loss: Failure,
  states: SessionStates,
  request: ConnectRequest,
  context: ConnectContext,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
): Promise<Established | Failure> {
  const interruptedAt = performance.now();
  const backOff = new BackOff(firstPauseMs, longestPauseMs);
  let reason = loss;
  for (let pauseMs = 0; ; pauseMs = Math.max(backOff.nextMs(), retryAfterMs(reason))) {
    emit({ kind: 'interrupted', failure: reason, retryAt: new Date(Date.now() + pauseMs) });
    await pauseOnThisNetwork(pauseMs, signal);
    try {
      const established = await establish(request, context, emit, signal, 'again');
      states.after('established');
      const { method, transport } = established.route;
      const interruptedMs = Math.round(performance.now() - interruptedAt);
      emit({ kind: 'phase', phase: 'READY', detail: '' });
      emit({ kind: 'restored', method, transport, interruptedMs });
      return established;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failure)) throw error;
      log.info('connection.not_restored', { code: error.code, cause: error.cause });
      if (states.after(failedAttemptOf(error)) === 'ended') return error;
      reason = error;
    }
  }
}

/** Pauses, but not while another network may be there already. @throws the signal's reason */
async function pauseOnThisNetwork(pauseMs: number, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  using _watching = watchNetwork(() => enough.abort());
  try {
    await pause(pauseMs, AbortSignal.any([signal, enough.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!enough.signal.aborted) throw error;
  }
}
