import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { Deadline, raceSignal } from '../../deadline.ts';
import type { ProxyLogin, ProxyServer } from './proxy.ts';
import { ProxyError, type Refusal } from './proxyError.ts';

/** Where a tunnel leads: a name or an IP address, without brackets. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** A proxy, and what reaching it needs. */
export interface TunnelOptions {
  readonly proxy: ProxyServer;
  readonly login: ProxyLogin | undefined;
  /** Opens a TCP connection; its errors are Node's own. */
  readonly dial: (host: string, port: number, signal: AbortSignal) => Promise<Socket>;
  /** What an HTTPS proxy's certificate is checked with. */
  readonly trusted: () => SecureContext;
}

/** Shorter than what any caller allows for the whole, so that a proxy which stalls is named. */
const timeoutMs = 8_000;

/**
 * Opens a connection to the target through a proxy.
 *
 * @throws ProxyError, or the signal's reason.
 */
export async function openTunnel(target: Target, options: TunnelOptions, signal: AbortSignal): Promise<Socket> {
  const { proxy, login } = options;
  using deadline = new Deadline('the proxy', timeoutMs, signal);
  let socket: Socket | undefined;
  try {
    socket = await dialProxy(options, deadline.signal);
    socket.on('error', () => undefined); // told by what is under way, or by the close that follows
    if (proxy.scheme === 'https') socket = await secure(socket, options, deadline.signal);
    const refusal = await raceSignal(ask(socket, proxy, login, target), deadline.signal);
    if (refusal !== undefined) throw new ProxyError(proxy, refusal);
    return socket;
  } catch (error) {
    socket?.destroy();
    signal.throwIfAborted();
    if (deadline.signal.aborted) throw new ProxyError(proxy, { problem: { kind: 'silent' }, cause: error });
    throw error;
  }
}

async function dialProxy({ proxy, dial }: TunnelOptions, signal: AbortSignal): Promise<Socket> {
  try {
    return await dial(proxy.hostname, proxy.port, signal);
  } catch (error) {
    throw new ProxyError(proxy, { problem: { kind: 'unreachable' }, cause: error });
  }
}

async function secure(socket: Socket, { proxy, trusted }: TunnelOptions, signal: AbortSignal): Promise<Socket> {
  const { hostname: host } = proxy;
  const servername = isIP(host) === 0 ? host : ''; // an address may not be one (RFC 6066 §3)
  const secured = connectTls({ socket, host, servername, secureContext: trusted() });
  const settled = new Promise<void>((resolve, reject) => {
    secured.once('secureConnect', resolve);
    secured.on('error', (cause) => reject(new ProxyError(proxy, { problem: { kind: 'untrusted' }, cause })));
  });
  await raceSignal(settled, signal);
  return secured;
}

async function ask(
  socket: Socket,
  proxy: ProxyServer,
  login: ProxyLogin | undefined,
  target: Target,
): Promise<Refusal | undefined> {
  // At first use: hardly anybody has a proxy.
  if (proxy.scheme === 'http' || proxy.scheme === 'https') {
    const { connectByHttp } = await import('./httpTunnel.ts');
    return connectByHttp(socket, login, target);
  }
  const { connectBySocks } = await import('./socksTunnel.ts');
  return connectBySocks(socket, proxy, login, target);
}
