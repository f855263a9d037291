import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { listen, type TestProxy } from './testProxy.ts';

/** Something that is no good proxy: it gives this answer to whatever comes, and then waits, or closes. */
export async function strangeProxy(scheme: string, answer: string, ending: 'waits' | 'closes'): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => (ending === 'closes' ? socket.end(answer, 'latin1') : socket.write(answer, 'latin1')));
  });
  const port = await listen(server);
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    targets: [],
    wire: () => Buffer.alloc(0),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
