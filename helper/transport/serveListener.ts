import { once } from 'node:events';
import { createServer } from 'node:net';
import type { RpcService } from '../rpc/services.ts';
import { GrpcServer } from './grpcServer.ts';
import { type ListenAddress, prepareSocket } from './listenAddress.ts';
import { requireToken } from './requireToken.ts';
import { Shutdown, shutDownOnSignalsAndCrashes } from './shutdown.ts';

/** A listener for debugging. */
export interface ListenerOptions {
  readonly address: ListenAddress;
  /** What every call must carry on a port; a socket is guarded by its directory. */
  readonly token: string;
  /** Makes the services; they get the function that Shutdown calls. */
  readonly services: (shutDown: () => void) => readonly RpcService[];
  /** Ends everything the services have begun. */
  readonly release: () => Promise<void>;
  readonly onCrash: (error: unknown) => void;
}

/**
 * Serves gRPC, with reflection, to a person who debugs, until a signal or Shutdown.
 *
 * @returns where it listens, as grpcurl takes it.
 * @throws ListenAddressError, or Error when the port is taken.
 */
export async function serveListener(options: ListenerOptions): Promise<string> {
  const { address, token } = options;
  if (address.kind === 'unix') await prepareSocket(address.path);
  const { reflectionService } = await import('./reflection/reflectionService.ts'); // here only
  const listener = createServer({ noDelay: true });
  const shutdown = new Shutdown(async (graceful) => {
    listener.close(); // removes its socket
    await options.release();
    if (graceful) await server.drain();
    server.end();
  });
  shutDownOnSignalsAndCrashes(shutdown, options.onCrash);
  const services = options.services(() => shutdown.begin('Shutdown was called', { exitCode: 0, graceful: true }));
  const names = services.map(({ definition }) => Object.values(definition)[0]?.path.split('/')[1] ?? '');
  const server = new GrpcServer(
    [...services, reflectionService(names)],
    address.kind === 'tcp' ? [requireToken(token)] : [],
  );
  listener.on('connection', (connection) => server.serve(connection));
  listener.listen(address.kind === 'tcp' ? { host: '127.0.0.1', port: address.port } : { path: address.path });
  await once(listener, 'listening');
  const bound = listener.address();
  return typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : `unix:${bound}`;
}
