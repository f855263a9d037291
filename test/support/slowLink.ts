import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Everything of this machine's loopback network is local: a second address has every port free. */
const address = '127.0.0.2';

/**
 * A network between the helper and an embedded Gitpod: the same ports on another loopback address, with a delay, and with
 * silence on demand, as when a laptop has moved: nothing arrives any more, and nobody is told.
 */
export class SlowLink implements AsyncDisposable {
  /** In one direction. */
  delayMs = 0;
  readonly address = address;
  readonly #servers: readonly Server[];
  readonly #sockets: Set<Socket>;
  readonly #silenced = new Set<Socket>();

  static async between(ports: readonly number[]): Promise<SlowLink> {
    const sockets = new Set<Socket>();
    const servers = await Promise.all(
      ports.map(async (port) => {
        const server = createServer({ allowHalfOpen: true, noDelay: true }).listen({ port, host: address });
        await once(server, 'listening');
        return { server, port };
      }),
    );
    const link = new SlowLink(
      servers.map(({ server }) => server),
      sockets,
    );
    for (const { server, port } of servers) server.on('connection', (socket) => link.#carry(socket, port));
    return link;
  }

  private constructor(servers: readonly Server[], sockets: Set<Socket>) {
    this.#servers = servers;
    this.#sockets = sockets;
  }

  /** Every connection there is carries nothing any more, in either direction; new ones work. */
  silence(): void {
    for (const socket of this.#sockets) this.#silenced.add(socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers.map(async (server) => {
        server.close();
        await once(server, 'close');
      }),
    );
  }

  #carry(near: Socket, port: number): void {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined); // its close follows
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#silenced.delete(socket);
      });
    }
    this.#copy(near, far);
    this.#copy(far, near);
  }

  #copy(from: Socket, to: Socket): void {
    const later = (action: () => void) => {
      if (this.#silenced.has(from)) return;
      if (this.delayMs === 0) action();
      else setTimeout(() => !this.#silenced.has(from) && action(), this.delayMs);
    };
    from.on('data', (chunk: Buffer) => later(() => to.writable && to.write(chunk)));
    from.once('end', () => later(() => to.end()));
    from.once('close', () => later(() => to.destroySoon()));
  }
}
