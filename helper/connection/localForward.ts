import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { failure } from '../failures.ts';
import { log } from '../log.ts';
import { Deadline, raceSignal } from '../platform/deadline.ts';

/** Opens a stream to the far end of the forwarding. */
export type OpenChannel = () => Promise<Duplex>;

/** Told when a forwarded connection is over. */
export interface ForwardedConnection {
  readonly bytesFromRemote: number;
  /** True when the far end closed first: not the client, by a reset for instance, and not {@link LocalForward.interrupt}. */
  readonly endedByRemote: boolean;
}

/** How long a connection waits for the far end to be there, again. */
const waitTimeoutMs = 30_000;

/**
 * A port on 127.0.0.1 that leads to streams. Connections made before {@link connectTo}, or after {@link interrupt}, wait for
 * a while. Each keeps its half-close: an end in one direction leaves the other alone. Back-pressure is the streams' own.
 */
export class LocalForward implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #openChannel = Promise.withResolvers<OpenChannel>();
  readonly #carried = new Set<Socket>();
  #inUse = Promise.withResolvers<void>();
  readonly #onConnectionOver: (connection: ForwardedConnection) => void;

  /**
   * Listens on 127.0.0.1.
   *
   * @param port 0 for any free one.
   * @throws Failure LOCAL_PORT_IN_USE.
   */
  static async listen(
    port: number,
    onConnectionOver: (connection: ForwardedConnection) => void,
  ): Promise<LocalForward> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
      });
    } catch (error) {
      throw failure('LOCAL_PORT_IN_USE', { port: String(port) }, error);
    }
    return new LocalForward(server, onConnectionOver);
  }

  private constructor(server: Server, onConnectionOver: (connection: ForwardedConnection) => void) {
    this.#server = server;
    this.#onConnectionOver = onConnectionOver;
    server.on('connection', (socket) => void this.#serve(socket));
    server.on('error', (error) => log.warn('forward.accept_failed', { error }));
  }

  /** The port it listens on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** From now on connections are carried, also in place of where they were carried before. */
  connectTo(openChannel: OpenChannel): void {
    this.#openChannel.resolve(openChannel);
    this.#openChannel = Promise.withResolvers<OpenChannel>();
    this.#openChannel.resolve(openChannel);
  }

  /** The far end is gone: connections through it are closed, so that their clients come again; new ones wait. */
  interrupt(): void {
    this.#openChannel = Promise.withResolvers<OpenChannel>();
    for (const socket of this.#carried) socket.destroySoon();
    this.#carried.clear();
  }

  /** Resolves as soon as a connection is carried. @throws the signal's reason */
  untilInUse(signal: AbortSignal): Promise<void> {
    return raceSignal(this.#carried.size > 0 ? Promise.resolve() : this.#inUse.promise, signal);
  }

  /** Closes the port and every connection through it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', (error) => log.debug('forward.local_error', { error }));
    try {
      using deadline = new Deadline('waiting for the far end', waitTimeoutMs);
      const openChannel = await raceSignal(this.#openChannel.promise, deadline.signal);
      const channel = await openChannel();
      if (socket.destroyed) channel.destroy();
      else this.#carry(socket, channel);
    } catch (error) {
      log.warn('forward.channel_failed', { error });
      socket.destroy();
    }
  }

  #carry(socket: Socket, channel: Duplex): void {
    this.#carried.add(socket);
    this.#inUse.resolve();
    this.#inUse = Promise.withResolvers<void>();
    let bytesFromRemote = 0;
    let localEnded = false;
    let remoteEndedFirst = false;
    channel.on('data', (chunk: Buffer) => {
      bytesFromRemote += chunk.length;
    });
    socket.once('end', () => {
      localEnded = true;
    });
    channel.once('end', () => {
      remoteEndedFirst = !localEnded && !socket.destroyed;
    });
    socket.pipe(channel);
    channel.pipe(socket);
    channel.on('error', (error: Error) => {
      log.debug('forward.remote_error', { error });
      socket.destroy();
    });
    // What the channel has delivered is still to be written when it closes.
    channel.once('close', () => socket.destroySoon());
    socket.once('close', () => {
      const isInterrupted = !this.#carried.delete(socket);
      channel.destroy();
      this.#onConnectionOver({ bytesFromRemote, endedByRemote: remoteEndedFirst && !isInterrupted });
    });
  }
}
