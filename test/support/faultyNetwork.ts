import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Everything of this machine's loopback network is local: a second address has every port free. */
const address = '127.0.0.2';

/** Which way bytes go. */
export type Direction = 'to-gitpod' | 'to-helper';

/**
 * A network between the helper and an embedded Gitpod: the same ports on another loopback address, with a delay, a limited
 * rate, and on demand silence, as when a laptop has moved: nothing arrives any more, and nobody is told.
 */
export class FaultyNetwork implements AsyncDisposable {
  /** In one direction. */
  delayMs = 0;
  /** Of each connection in each direction. */
  bytesPerSecond = Number.POSITIVE_INFINITY;
  /** New connections are reset at once. */
  refuses = false;
  readonly address = address;
  readonly #servers: readonly Server[];
  readonly #pairs = new Set<Readonly<Record<Direction, Socket>>>();
  /** By the socket that bytes come from. */
  readonly #silenced = new Set<Socket>();
  readonly #toBeCut = new Set<Socket>();

  static async between(ports: readonly number[]): Promise<FaultyNetwork> {
    const servers = await Promise.all(
      ports.map(async (port) => {
        const server = createServer({ allowHalfOpen: true, noDelay: true }).listen({ port, host: address });
        await once(server, 'listening');
        return { server, port };
      }),
    );
    const network = new FaultyNetwork(servers.map(({ server }) => server));
    for (const { server, port } of servers) server.on('connection', (socket) => network.#carry(socket, port));
    return network;
  }

  private constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  /** Every connection there is carries nothing any more, in that direction or either; new ones work. */
  silence(directions: readonly Direction[] = ['to-gitpod', 'to-helper']): void {
    for (const pair of this.#pairs) for (const direction of directions) this.#silenced.add(pair[direction]);
  }

  /** Resets every connection there is, or those to one port. */
  drop(port?: number): void {
    for (const pair of this.#pairs) if (port === undefined || pair['to-gitpod'].localPort === port) reset(pair);
  }

  /** Resets every connection there is after half of what comes next, which ends in the midst of a frame or packet. */
  cutMidFrame(): void {
    for (const pair of this.#pairs) for (const socket of Object.values(pair)) this.#toBeCut.add(socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await Promise.all(
      this.#servers.map(async (server) => {
        server.close();
        await once(server, 'close');
      }),
    );
  }

  #carry(near: Socket, port: number): void {
    near.on('error', () => undefined); // its close follows
    if (this.refuses) return void near.resetAndDestroy();
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const pair = { 'to-gitpod': near, 'to-helper': far };
    this.#pairs.add(pair);
    far.on('error', () => undefined);
    for (const socket of [near, far]) {
      socket.once('close', () => {
        this.#silenced.delete(socket);
        this.#toBeCut.delete(socket);
        if (near.closed && far.closed) this.#pairs.delete(pair);
      });
    }
    this.#copy(near, far, () => reset(pair));
    this.#copy(far, near, () => reset(pair));
  }

  #copy(from: Socket, to: Socket, resetBoth: () => void): void {
    let before = Promise.resolve(); // the order stays when the delay changes
    const later = (action: () => void) => {
      const due = performance.now() + this.delayMs;
      before = before.then(async () => {
        const remainingMs = due - performance.now();
        if (remainingMs > 0) await pause(remainingMs);
        if (!this.#silenced.has(from)) action();
      });
    };
    const pass = (chunk: Buffer) => {
      if (!to.writable) return;
      if (this.#toBeCut.has(from)) to.write(chunk.subarray(0, chunk.length / 2), resetBoth);
      else to.write(chunk);
    };
    from.on('data', (chunk: Buffer) => {
      later(() => pass(chunk));
      if (this.bytesPerSecond === Number.POSITIVE_INFINITY) return;
      from.pause();
      setTimeout(() => from.resume(), (chunk.length / this.bytesPerSecond) * 1_000);
    });
    from.once('end', () => later(() => to.end()));
    from.once('close', () => later(() => to.destroySoon()));
  }
}

function reset(pair: Readonly<Record<Direction, Socket>>): void {
  for (const socket of Object.values(pair)) {
    if (!socket.writableEnded) socket.resetAndDestroy(); // Node leaks a handle that is reset while it shuts down
    socket.destroy(); // the reset alone waits until everything written is taken
  }
}
