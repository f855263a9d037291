import { newUuid } from '../model/ids.ts';

/** The one-time `jt` of join links: the same one until somebody used it, then a fresh one. */
export class JoinTickets {
  #current = newUuid();

  get current(): string {
    return this.#current;
  }

  /** Whether the ticket is good; it is not a second time. */
  redeem(ticket: string): boolean {
    if (ticket !== this.#current) return false;
    this.#current = newUuid();
    return true;
  }
}
