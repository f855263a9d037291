import { log } from '../log.ts';
import { Deadline, raceSignal } from '../platform/deadline.ts';
import type { ConnectEvent, ConnectPhase, Ready } from './events.ts';

const refreshTimeoutMs = 5_000;

/** What somebody who joins a connection late has to be told: the events that still count. */
export class EventHistory {
  #phase: Extract<ConnectEvent, { kind: 'phase' }> | undefined;
  #plan: Extract<ConnectEvent, { kind: 'plan' }> | undefined;
  #ready: Extract<ConnectEvent, { kind: 'ready' }> | undefined;
  #interrupted: Extract<ConnectEvent, { kind: 'interrupted' }> | undefined;
  #stopping: Extract<ConnectEvent, { kind: 'workspace-stopping' }> | undefined;
  /** The one that is open: the connection waits for its answer, so that whatever comes next shows that it is not any more. */
  #prompt: Extract<ConnectEvent, { kind: 'prompt' }> | undefined;

  /** The stage that was begun last. */
  get phase(): ConnectPhase {
    return this.#phase?.phase ?? 'RESOLVING';
  }

  /** Once bytes can flow, with the join link known last. */
  get ready(): Ready | undefined {
    return this.#ready?.ready;
  }

  add(event: ConnectEvent): void {
    this.#prompt = event.kind === 'prompt' ? event : undefined;
    switch (event.kind) {
      case 'phase':
        this.#phase = event;
        return;
      case 'plan':
        this.#plan = event;
        return;
      case 'ready':
        this.#ready = event;
        return;
      case 'join-link-changed':
        this.#changeLink(event.joinLink, event.backendPid);
        return;
      case 'interrupted':
        this.#interrupted = event;
        return;
      case 'restored':
        this.#interrupted = undefined;
        return;
      case 'workspace-stopping':
        this.#stopping = event;
        return;
      case 'prompt':
        return;
    }
  }

  /** A link serves once: gets another. Where that fails, the link known last is as good as it gets. */
  async refreshJoinLink(signal: AbortSignal): Promise<void> {
    if (this.#ready === undefined || this.#interrupted !== undefined) return;
    using deadline = new Deadline('asking for a join link', refreshTimeoutMs, signal);
    try {
      this.#changeLink(await raceSignal(this.#ready.freshJoinLink(), deadline.signal), this.#ready.ready.backendPid);
    } catch (error) {
      log.info('connection.join_link_not_refreshed', { error });
    }
  }

  /** In the order in which they came. */
  events(): readonly ConnectEvent[] {
    return [this.#plan, this.#phase, this.#ready, this.#interrupted, this.#stopping, this.#prompt].filter(
      (event) => event !== undefined,
    );
  }

  #changeLink(joinLink: string, backendPid: number): void {
    if (this.#ready === undefined) return;
    this.#ready = { ...this.#ready, ready: { ...this.#ready.ready, joinLink, backendPid } };
  }
}
