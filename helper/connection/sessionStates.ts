import type { Failure, FailureCode } from '../failures.ts';
import { log } from '../log.ts';

/** Where a connection stands, from the request to its end. */
export type SessionState = 'connecting' | 'ready' | 'interrupted' | 'ended';

/** What happens to a connection. */
export type SessionEvent =
  /** The way to the IDE backend stands. */
  | 'established'
  /** The SSH connection is lost. */
  | 'lost'
  /** An attempt to connect again has failed in a way that may pass. */
  | 'attempt-failed'
  /** It makes no sense any more, or nobody wants it any more. */
  | 'given-up';

/** What follows on what. A pair that is not there cannot happen. */
const transitions: Readonly<Record<SessionState, Readonly<Partial<Record<SessionEvent, SessionState>>>>> = {
  // The first attempt is not repeated: whoever asked is there to see why it failed, and to ask again.
  connecting: { established: 'ready', 'given-up': 'ended' },
  ready: { lost: 'interrupted', 'given-up': 'ended' },
  interrupted: { established: 'ready', 'attempt-failed': 'interrupted', 'given-up': 'ended' },
  ended: {},
};

/** The state of one connection. Disposing ends it, if nothing else has. */
export class SessionStates implements Disposable {
  #state: SessionState;

  constructor(state: SessionState = 'connecting') {
    this.#state = state;
  }

  /** The state after an event. @throws RangeError when it cannot happen in the present one. */
  after(event: SessionEvent): SessionState {
    const next = transitions[this.#state][event];
    if (next === undefined) throw new RangeError(`${event} cannot happen to a connection that is ${this.#state}`);
    log.debug('connection.state', { event, state: next });
    this.#state = next;
    return next;
  }

  [Symbol.dispose](): void {
    if (this.#state !== 'ended') this.after('given-up');
  }
}

/** What it means when a connection does not carry any more. */
export function lossOf({ code }: Failure): SessionEvent {
  return code === 'SSH_CONNECTION_LOST' ? 'lost' : 'given-up';
}

const passing: ReadonlySet<FailureCode> = new Set(['TLS_UNTRUSTED', 'NOT_AN_INSTALLATION', 'SSH_PROTOCOL_ERROR']);

/**
 * What it means when an attempt to connect again fails. A network that wants a sign-in shows certificates of its own, or
 * answers in the name of an installation that has answered before: it passes. So does what closes, or says something else,
 * in the place of an SSH gateway that has let us in before, as a load balancer does while that is started again.
 */
export function failedAttemptOf({ code, retryable }: Failure): SessionEvent {
  return retryable || passing.has(code) ? 'attempt-failed' : 'given-up';
}
