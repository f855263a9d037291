import { unlinkSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { RpcService } from '../rpc/services.ts';
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

const hardMessageLimitBytes = 256 * 1024 * 1024;
const gracefulTimeoutMs = 1_000;

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
  const server = new Server({
    'grpc.max_receive_message_length': hardMessageLimitBytes,
    'grpc.max_send_message_length': hardMessageLimitBytes,
    ...(address.kind === 'tcp' ? { interceptors: [requireToken(token)] } : {}),
  });
  const shutdown = new Shutdown(async (graceful) => {
    await options.release();
    if (graceful) await drain(server);
    server.forceShutdown();
    if (address.kind === 'unix') removeSocket(address.path);
  });
  shutDownOnSignalsAndCrashes(shutdown, options.onCrash);
  const services = options.services(() => shutdown.begin('Shutdown was called', { exitCode: 0, graceful: true }));
  const names = services.map(({ definition }) => Object.values(definition)[0]?.path.split('/')[1] ?? '');
  for (const { definition, implementation } of [...services, reflectionService(names)]) {
    server.addService(definition, implementation);
  }
  const port = await bind(server, address.kind === 'unix' ? `unix:${address.path}` : `127.0.0.1:${address.port}`);
  return address.kind === 'unix' ? `unix:${address.path}` : `127.0.0.1:${port}`;
}

/** Calls under way get their answers, but not for ever. */
function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(resolve, gracefulTimeoutMs);
    server.tryShutdown(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // it is gone already
  }
}
