import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import type { Target } from './openTunnel.ts';
import type { ProxyLogin, ProxyServer } from './proxy.ts';
import type { ProxyProblem, Refusal } from './proxyError.ts';

/** The library's own limit; the caller's is shorter. */
const longestMs = 60_000;

/**
 * Asks a SOCKS proxy for a connection to the target: version 5 (RFC 1928, with a login as of RFC 1929), or 4a. From then on
 * the socket leads there.
 *
 * It is a bundle of its own, which shares no classes with what uses it.
 *
 * @returns why it does not; undefined when it does.
 */
export async function connectBySocks(
  socket: Socket,
  proxy: ProxyServer,
  login: ProxyLogin | undefined,
  target: Target,
): Promise<Refusal | undefined> {
  const client = new SocksClient({
    proxy: {
      host: proxy.hostname,
      port: proxy.port,
      type: proxy.scheme === 'socks4' ? 4 : 5,
      ...(login === undefined ? {} : { userId: login.username, password: login.password.reveal() }),
    },
    command: 'connect',
    destination: { host: target.host, port: target.port },
    timeout: longestMs,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('established', () => keepEarlyData(socket, resolve));
      client.once('error', reject);
      client.connect(socket);
    });
    return undefined;
  } catch (error) {
    return { problem: problemOf(error, login !== undefined), cause: error };
  }
}

/** An SSH server speaks first: the library emits what came with the proxy's answer as `data`, where nobody listens yet. */
function keepEarlyData(socket: Socket, done: () => void): void {
  const early: Buffer[] = [];
  const keep = (chunk: Buffer) => {
    early.push(chunk);
  };
  socket.on('data', keep);
  setImmediate(() => {
    socket.off('data', keep);
    socket.pause();
    if (early.length > 0) socket.unshift(Buffer.concat(early));
    done();
  });
}

/** The library tells its errors apart by their messages only. */
function problemOf(error: unknown, hasLogin: boolean): ProxyProblem {
  const message = error instanceof Error ? error.message : '';
  if (/Socks5 Authentication failed/i.test(message)) return { kind: 'login-refused' };
  if (/no accepted authentication type/i.test(message)) return { kind: hasLogin ? 'login-refused' : 'login-required' };
  const [, answer] = /rejected connection - \(?(\w+)\)?/i.exec(message) ?? [];
  if (answer === 'RejectedIdent' || answer === 'RejectedIdentDifferentId') return { kind: 'login-refused' };
  if (answer !== undefined) return { kind: 'refused', answer: inWords(answer) };
  return { kind: 'not-a-proxy' };
}

/** `HostUnreachable` to "host unreachable". */
function inWords(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
