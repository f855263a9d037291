import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A real proxy on loopback, every name of which resolves to 127.0.0.1, behind a wire that is listened to. */
export interface TestProxy extends AsyncDisposable {
  /** `scheme://127.0.0.1:port`, without a login. */
  readonly url: string;
  /** `host:port` of each connection it was asked for. */
  readonly targets: readonly string[];
  /** Everything that went over the wire between clients and proxy, in both directions. */
  readonly wire: () => Buffer;
}

/** Who may use a proxy. */
export interface TestLogin {
  readonly username: string;
  readonly password: string;
}

/** Puts a wire that is listened to in front of a port. */
export async function tap(scheme: string, proxyPort: number, targets: readonly string[], close: () => Promise<void>) {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ port: proxyPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => chunks.push(chunk));
      from.on('error', () => to.destroy());
      from.once('close', () => {
        sockets.delete(from);
        to.destroySoon();
      });
      from.pipe(to);
    }
  });
  const proxy: TestProxy = {
    url: `${scheme}://127.0.0.1:${await listen(server)}`,
    targets,
    wire: () => Buffer.concat(chunks),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([once(server, 'close'), close()]);
    },
  };
  return proxy;
}

/** Lets a server listen to any port of 127.0.0.1. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
