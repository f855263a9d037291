import type { IncomingMessage } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { Target } from './openTunnel.ts';
import type { ProxyLogin } from './proxy.ts';
import type { ProxyProblem, Refusal } from './proxyError.ts';

/**
 * Asks an HTTP proxy by CONNECT (RFC 9110 §9.3.6) for a connection to the target; the login goes as Basic (RFC 7617).
 * From then on the socket leads there.
 *
 * @returns why it does not; undefined when it does.
 */
export async function connectByHttp(
  socket: Socket,
  login: ProxyLogin | undefined,
  { host, port }: Target,
): Promise<Refusal | undefined> {
  const { request } = await import('node:http'); // at first use: the start is quicker without it
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const headers = { host: authority, ...(login === undefined ? {} : { 'proxy-authorization': basic(login) }) };
  return new Promise((resolve) => {
    const outgoing = request({ method: 'CONNECT', path: authority, headers, createConnection: () => socket });
    outgoing.once('connect', (response, _socket, head) => {
      if (response.statusCode !== 200) {
        resolve({ problem: problemOf(response, login !== undefined) });
        return;
      }
      if (head.length > 0) socket.unshift(head); // an SSH server speaks first
      resolve(undefined);
    });
    outgoing.once('error', (cause) => resolve({ problem: { kind: 'not-a-proxy' }, cause }));
    outgoing.end();
  });
}

function problemOf({ statusCode, headers }: IncomingMessage, hasLogin: boolean): ProxyProblem {
  if (statusCode !== 407) return { kind: 'refused', answer: `HTTP ${statusCode}` };
  const challenge = headers['proxy-authenticate'] ?? '';
  const wanted = [...challenge.matchAll(/(?:^|,)\s*([\w-]+)(?=\s+\w|\s*(?:,|$))/g)].map(([, scheme = '']) => scheme);
  const takesBasic = wanted.length === 0 || wanted.some((scheme) => scheme.toLowerCase() === 'basic');
  if (!takesBasic) return { kind: 'login-unsupported', wanted: wanted.join(', ') };
  return { kind: hasLogin ? 'login-refused' : 'login-required' };
}

function basic({ username, password }: ProxyLogin): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}
