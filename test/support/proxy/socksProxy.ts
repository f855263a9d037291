import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createServer as createSocks5Server, defaultConnectionHandler } from '@pondwader/socks5-server';
import { listen, type TestLogin, type TestProxy, tap } from './testProxy.ts';

/** A SOCKS5 proxy (@pondwader/socks5-server). */
export async function socks5Proxy(
  options: { readonly login?: TestLogin; readonly refusedPorts?: readonly number[] } = {},
): Promise<TestProxy> {
  const targets: string[] = [];
  const sockets = new Set<{ destroy(): void }>();
  const server = createSocks5Server();
  const { login, refusedPorts = [] } = options;
  if (login !== undefined) {
    server.setAuthHandler(({ username, password }, accept, deny) =>
      username === login.username && password === login.password ? accept() : deny(),
    );
  }
  server.setConnectionHandler((connection, sendStatus) => {
    targets.push(`${connection.destAddress}:${connection.destPort}`);
    sockets.add(connection.socket);
    if (refusedPorts.includes(connection.destPort)) {
      sendStatus('CONNECTION_NOT_ALLOWED');
      return;
    }
    connection.destAddress = '127.0.0.1';
    defaultConnectionHandler(connection, sendStatus);
  });
  const probe = createServer();
  const port = await listen(probe);
  probe.close();
  await once(probe, 'close');
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return tap('socks5', port, targets, async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
}

/** A SOCKS proxy of version 4a, for the one command that matters (no package serves that version). */
export async function socks4Proxy(): Promise<TestProxy> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.once('data', (request: Buffer) => {
      const [, name = ''] = request.subarray(8).toString('latin1').split('\0');
      const port = request.readUInt16BE(2);
      targets.push(`${name}:${port}`);
      const far = connect({ port, host: '127.0.0.1' }, () => {
        near.write(Buffer.from([0, 0x5a, 0, 0, 0, 0, 0, 0]));
        near.pipe(far).pipe(near);
      });
      sockets.add(far);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
      for (const socket of [near, far]) socket.on('error', () => undefined);
    });
  });
  const port = await listen(server);
  return tap('socks4', port, targets, async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  });
}
