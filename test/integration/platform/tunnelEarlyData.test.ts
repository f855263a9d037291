import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { identificationString } from '../../../helper/connection/identificationString.ts';
import { Network } from '../../../helper/platform/network/network.ts';
import { proxySettings } from '../../../helper/platform/network/proxy/proxySettings.ts';
import { listen } from '../../support/proxy/testProxy.ts';

const greeting = 'SSH-2.0-early\r\n';

/** What a proxy says to each thing that the client says, the last with what the server said at once. */
const proxies: readonly (readonly [string, readonly string[]])[] = [
  ['http', [`HTTP/1.1 200 OK\r\n\r\n${greeting}`]],
  ['socks5', ['\x05\x00', `\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00${greeting}`]],
  ['socks4', [`\x00\x5a\x00\x00\x00\x00\x00\x00${greeting}`]],
];

test.each(proxies)(
  'what an SSH server says along with the answer of an %s proxy is not lost',
  async (scheme, answers) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      const left = [...answers];
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(left.shift() ?? '', 'latin1'));
    });
    const port = await listen(server);
    const given = { url: `${scheme}://127.0.0.1:${port}`, username: '', password: undefined, noProxy: [] };
    using network = new Network({
      resolve: [],
      additionalCaPem: [],
      proxy: proxySettings(given, {}),
      sshThroughProxy: true,
    });
    const signal = AbortSignal.timeout(10_000);
    const stream = await network.dial('ssh.example', 22, signal);
    try {
      await new Promise((resolve) => setImmediate(resolve)); // a caller may take a moment to listen
      await identificationString(stream, signal);
      expect(String(stream.read())).toBe(greeting);
    } finally {
      stream.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    }
  },
);
