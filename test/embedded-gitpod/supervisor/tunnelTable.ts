import type { TunnelPortRequest } from './tunnelPortRequest.ts';

/** Which client uses which of its ports for a port of the workspace: one for each, as long as a channel is open. */
export class TunnelTable {
  readonly #ports: ReadonlySet<number>;
  readonly #open = new Map<string, { readonly targetPort: number; channels: number }>();

  /** @param ports those that have a tunnel */
  constructor(ports: readonly number[]) {
    this.#ports = new Set(ports);
  }

  /**
   * Takes a channel down.
   * @returns call it once the channel is closed
   * @throws {Error} the text that the client gets
   */
  enter({ port, targetPort, clientId }: TunnelPortRequest): () => void {
    if (!this.#ports.has(port)) throw new Error(`client '${clientId}': '${port}' tunnel does not exist`);
    const key = `${port} ${clientId}`;
    const entry = this.#open.get(key) ?? { targetPort, channels: 0 };
    if (entry.targetPort !== targetPort) {
      throw new Error(`client '${clientId}': ${port}:${entry.targetPort} is already tunneling`);
    }
    entry.channels += 1;
    this.#open.set(key, entry);
    return () => {
      entry.channels -= 1;
      if (entry.channels === 0) this.#open.delete(key);
    };
  }
}
