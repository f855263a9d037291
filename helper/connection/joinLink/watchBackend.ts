import { log } from '../../log.ts';
import { pause, raceSignal } from '../../platform/deadline.ts';
import type { BackendStatus } from './joinLink.ts';

const intervalMs = 5_000;

/**
 * Asks the launcher again and again whether the backend is still the same, and tells of another one: a backend that was
 * restarted, updated, or crashed. A launcher that does not answer for a moment is nothing to tell.
 *
 * @param ask gives the backend's status, waiting for one that boots.
 * @throws the signal's reason; never anything else.
 */
export async function watchBackend(
  first: BackendStatus,
  ask: () => Promise<BackendStatus>,
  onChanged: (status: BackendStatus) => void,
  signal: AbortSignal,
): Promise<never> {
  for (let known = first; ; ) {
    await pause(intervalMs, signal);
    try {
      const status = await raceSignal(ask(), signal);
      if (identity(status) !== identity(known)) onChanged(status);
      known = status;
    } catch (error) {
      signal.throwIfAborted();
      log.info('connection.backend_not_told', { error });
    }
  }
}

/** The one-time ticket `jt` is a new one after each use; everything else of the link stays with the backend. */
function identity({ pid, joinLink }: BackendStatus): string {
  return `${pid} ${joinLink.text.replace(/([#&])jt=[^&]*/, '$1')}`;
}
