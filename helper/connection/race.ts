import type { Duplex } from 'node:stream';
import { log } from '../log.ts';
import { Deadline, pause } from '../platform/deadline.ts';
import { identificationString } from './identificationString.ts';

/** One way to carry SSH. */
export interface Racer {
  readonly name: string;
  /** Opens the stream; aborted when another one has won. */
  readonly open: (signal: AbortSignal) => Promise<Duplex>;
}

/** Who won, and the stream, whose identification string is still to be read. */
export interface Won<R extends Racer> {
  readonly racer: R;
  readonly stream: Duplex;
  /** Why the other one was out already; undefined when it was only slower. */
  readonly otherFailure: unknown;
}

/** A server sends its identification string at once. Both ways may lead to one that stalls. */
const answerTimeoutMs = 10_000;

/** Both ways are closed: the reasons in the order the ways were given. */
export class NobodyWonError extends Error {
  override readonly name = 'NobodyWonError';
  readonly reasons: readonly [unknown, unknown];

  constructor(reasons: readonly [unknown, unknown]) {
    super('neither way is open');
    this.reasons = reasons;
  }
}

/**
 * Happy eyeballs for SSH (after RFC 8305): the second way starts after a head start, or at once when the first has
 * failed. The winner is the first to show the SSH identification string; the loser is closed before any key exchange.
 *
 * @param timeoutMs how long a way that is open has to show it; a DeadlineError is the reason then.
 * @throws NobodyWonError, or the signal's reason.
 */
export async function race<R extends Racer>(
  [first, second]: readonly [R, R],
  headStartMs: number,
  signal: AbortSignal,
  timeoutMs = answerTimeoutMs,
): Promise<Won<R>> {
  const over = new AbortController();
  const running = AbortSignal.any([signal, over.signal]);
  let failure: unknown;
  const noteFailure = (reason: unknown) => {
    failure ??= reason;
    throw reason;
  };
  const firstRun = run(first, timeoutMs, running).catch(noteFailure);
  const firstFailed = firstRun.then(
    () => new Promise<never>(() => undefined),
    () => undefined,
  );
  const secondRun = Promise.race([firstFailed, pause(headStartMs, running)]).then(() =>
    run(second, timeoutMs, running).catch(noteFailure),
  );
  const runs = [firstRun, secondRun];
  try {
    const won = await Promise.any(runs);
    log.info('connection.race', { winner: won.racer.name });
    return { ...won, otherFailure: failure };
  } catch (error) {
    signal.throwIfAborted();
    const reasons: readonly unknown[] = error instanceof AggregateError ? error.errors : [error, error];
    throw new NobodyWonError([reasons[0], reasons[1]]);
  } finally {
    over.abort(new DOMException('another way was quicker', 'AbortError'));
    for (const each of runs) each.catch((reason: unknown) => log.debug('connection.race_lost', { error: reason }));
  }
}

async function run<R extends Racer>(
  racer: R,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Omit<Won<R>, 'otherFailure'>> {
  const stream = await racer.open(signal);
  using deadline = new Deadline('the identification string', timeoutMs, signal);
  await identificationString(stream, deadline.signal);
  if (!signal.aborted) return { racer, stream };
  stream.destroy(); // both came in the same moment
  throw signal.reason;
}
