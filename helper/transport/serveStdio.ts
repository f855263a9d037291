import type { Duplex } from 'node:stream';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { RpcService } from '../rpc/services.ts';
import { watchParent } from './parentWatch.ts';
import { Shutdown, shutDownOnSignalsAndCrashes } from './shutdown.ts';
import { NotHttp2Error, takeStdio } from './stdioStream.ts';

/** gRPC's own limit guards memory; the limit people meet is that of rpc/requestGuard.ts, which explains itself. */
const hardMessageLimitBytes = 256 * 1024 * 1024;

/** How long calls under way may take to end after Shutdown was called. */
const gracefulTimeoutMs = 1_000;

/**
 * Serves gRPC on standard input and output until the front end is gone. There is no listener: whoever has our standard
 * streams is the client. Keepalives are off, since the end of a pipe shows at once.
 *
 * @param services makes the services; they get the function that Shutdown calls.
 * @param release ends everything the services have begun.
 * @param onCrash leaves a report of a fault of our own behind.
 */
export function serveStdio(
  services: (shutDown: () => void) => readonly RpcService[],
  release: () => Promise<void>,
  onCrash: (error: unknown) => void,
): void {
  const server = new Server({
    'grpc.max_receive_message_length': hardMessageLimitBytes,
    'grpc.max_send_message_length': hardMessageLimitBytes,
  });
  const stream = takeStdio();
  const shutdown = new Shutdown(async (graceful) => {
    await release();
    if (graceful) await drain(server, stream);
    server.forceShutdown();
  });
  shutDownOnSignalsAndCrashes(shutdown, onCrash);
  watchParent(() => shutdown.begin('the parent process is gone', { exitCode: 0, graceful: false }));

  for (const { definition, implementation } of services(() =>
    shutdown.begin('Shutdown was called', { exitCode: 0, graceful: true }),
  )) {
    server.addService(definition, implementation);
  }

  stream.on('error', (error) => {
    const exitCode = error instanceof NotHttp2Error ? 65 : 0;
    if (exitCode !== 0) process.stderr.write(`gitpod-helper: ${error.message}\n`);
    shutdown.begin(error.message, { exitCode, graceful: false });
  });
  stream.once('end', () => shutdown.begin('end of input', { exitCode: 0, graceful: false }));
  stream.once('close', () => shutdown.begin('the connection is closed', { exitCode: 0, graceful: false }));
  server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(stream);
}

/**
 * Ends the connection once every call has its status. `tryShutdown` calls back before that, and never while a stream is
 * open; what tells is the end of our stream.
 */
function drain(server: Server, stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(resolve, gracefulTimeoutMs);
    stream.once('close', () => {
      clearTimeout(deadline);
      resolve();
    });
    server.tryShutdown(() => undefined);
  });
}
