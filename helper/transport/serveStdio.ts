import type { RpcService } from '../rpc/services.ts';
import { GrpcServer } from './grpcServer.ts';
import { watchParent } from './parentWatch.ts';
import { Shutdown, shutDownOnSignalsAndCrashes } from './shutdown.ts';
import { NotHttp2Error, takeStdio } from './stdioStream.ts';

/**
 * Serves gRPC on standard input and output until the front end is gone. There is no listener: whoever has our standard
 * streams is the client.
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
  const stream = takeStdio();
  const shutdown = new Shutdown(async (graceful) => {
    await release();
    if (graceful) await server.drain();
    server.end();
  });
  shutDownOnSignalsAndCrashes(shutdown, onCrash);
  watchParent(() => shutdown.begin('the parent process is gone', { exitCode: 0, graceful: false }));

  const server = new GrpcServer(services(() => shutdown.begin('Shutdown was called', { exitCode: 0, graceful: true })));
  stream.on('error', (error) => {
    const exitCode = error instanceof NotHttp2Error ? 65 : 0;
    if (exitCode !== 0) process.stderr.write(`gitpod-helper: ${error.message}\n`);
    shutdown.begin(error.message, { exitCode, graceful: false });
  });
  stream.once('end', () => shutdown.begin('end of input', { exitCode: 0, graceful: false }));
  stream.once('close', () => shutdown.begin('the connection is closed', { exitCode: 0, graceful: false }));
  server.serve(stream);
}
