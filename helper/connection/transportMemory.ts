import { localAddresses } from '../platform/network/networkWatch.ts';
import type { ConnectionTransport } from './plan.ts';

/** What worked is tried first for this long; then the usual order counts again. */
const rememberedForMs = 15 * 60_000;

/** Which transport reached a cluster from a network, so that the next connect begins with it. Never bars the other. */
export class TransportMemory {
  readonly #remembered = new Map<string, { readonly transport: ConnectionTransport; readonly until: number }>();

  /** The transport that worked lately, or undefined. */
  recall(cluster: string): ConnectionTransport | undefined {
    const entry = this.#remembered.get(keyFor(cluster));
    return entry !== undefined && entry.until > Date.now() ? entry.transport : undefined;
  }

  /** Takes down that a transport has worked. */
  remember(cluster: string, transport: ConnectionTransport): void {
    this.#remembered.set(keyFor(cluster), { transport, until: Date.now() + rememberedForMs });
  }
}

/** A network is told apart by the addresses this machine has in it. */
function keyFor(cluster: string): string {
  return `${cluster} ${localAddresses()}`;
}
