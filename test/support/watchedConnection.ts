import type { ConnectResponse } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import type { StreamingCall } from './grpcClient.ts';

/** One event of a connection. */
export type ConnectEvent = NonNullable<ConnectResponse['event']>;
type EventOf<Case extends ConnectEvent['$case']> = Extract<ConnectEvent, { $case: Case }>;

/** A connection whose events are all taken down as they come, so that a test can look back. */
export class WatchedConnection implements AsyncDisposable {
  readonly events: ConnectEvent[] = [];
  readonly #call: StreamingCall<ConnectResponse>;
  readonly #onEvent = new Set<() => void>();
  readonly #reading: Promise<void>;
  #isOver = false;

  constructor(call: StreamingCall<ConnectResponse>) {
    this.#call = call;
    this.#reading = this.#read();
  }

  /** The first event of a kind at or after a position in {@link events}. @throws when the connection ends before, or in vain. */
  async next<Case extends ConnectEvent['$case']>(
    wanted: Case,
    from = 0,
    isWanted: (event: EventOf<Case>) => boolean = () => true,
    timeoutMs = 60_000,
  ): Promise<EventOf<Case>> {
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      for (const event of this.events.slice(from)) if (isCase(event, wanted) && isWanted(event)) return event;
      if (this.#isOver || performance.now() > giveUpAt) {
        throw new Error(`no ${wanted} but ${JSON.stringify(this.events.slice(from).map(brief))}`);
      }
      await this.#another(giveUpAt - performance.now());
    }
  }

  /** Cancels the call, and waits until it is over. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.#call.cancel();
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      for await (const { event } of this.#call) {
        if (event !== undefined) this.events.push(event);
        for (const tell of this.#onEvent) tell();
      }
    } catch {
      // cancelled, or the helper is gone: the events tell
    } finally {
      this.#isOver = true;
      for (const tell of this.#onEvent) tell();
    }
  }

  #another(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(finish, timeoutMs);
      const listeners = this.#onEvent;
      listeners.add(finish);
      function finish(): void {
        clearTimeout(timer);
        listeners.delete(finish);
        resolve();
      }
    });
  }
}

function isCase<Case extends ConnectEvent['$case']>(event: ConnectEvent, wanted: Case): event is EventOf<Case> {
  return event.$case === wanted;
}

function brief(event: ConnectEvent): string {
  switch (event.$case) {
    case 'phase':
      return `phase ${event.value.phase}`;
    case 'interrupted':
    case 'ended':
      return `${event.$case} ${event.value.failure?.code} ${event.value.failure?.message}`;
    default:
      return event.$case;
  }
}
