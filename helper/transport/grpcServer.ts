import type { Duplex } from 'node:stream';
import { Server, ServerCredentials, type ServerInterceptor } from '@grpc/grpc-js';
import type { RpcService } from '../rpc/services.ts';

/** gRPC's own limit guards memory; the limit people meet is that of rpc/requestGuard.ts, which explains itself. */
const hardMessageLimitBytes = 256 * 1024 * 1024;

/** How long calls under way may take to end after Shutdown was called. */
const gracefulTimeoutMs = 1_000;

/** Serves gRPC on connections that somebody else has accepted. Keepalives are off: the end of a local connection shows at once. */
export class GrpcServer {
  readonly #server: Server;
  readonly #injector: ReturnType<Server['createConnectionInjector']>;
  readonly #connections = new Set<Duplex>();

  constructor(services: readonly RpcService[], interceptors: ServerInterceptor[] = []) {
    this.#server = new Server({
      'grpc.max_receive_message_length': hardMessageLimitBytes,
      'grpc.max_send_message_length': hardMessageLimitBytes,
      interceptors,
    });
    for (const { definition, implementation } of services) this.#server.addService(definition, implementation);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  serve(connection: Duplex): void {
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    this.#injector.injectConnection(connection);
  }

  /**
   * Ends the connections once every call has its status, or its time is over. `tryShutdown` calls back before that, and
   * never while a stream is open; what tells is the end of the connections.
   */
  async drain(): Promise<void> {
    const closed = [...this.#connections].map(
      (connection) => new Promise<void>((resolve) => connection.once('close', () => resolve())),
    );
    this.#server.tryShutdown(() => undefined);
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, gracefulTimeoutMs);
      void Promise.all(closed).then(() => {
        clearTimeout(deadline);
        resolve();
      });
    });
  }

  /** Ends the connections and every call on them. */
  end(): void {
    this.#server.forceShutdown();
  }
}
