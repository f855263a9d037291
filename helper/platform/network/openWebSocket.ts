import type { WebSocket } from 'ws';
import { raceSignal } from '../deadline.ts';
import type { Network } from './network.ts';

/** The server refused the WebSocket upgrade with an HTTP answer. */
export class UpgradeRefusedError extends Error {
  override readonly name = 'UpgradeRefusedError';
  readonly status: number;
  /** Where a redirect leads; empty when it is none. */
  readonly location: string;

  constructor(status: number, location: string) {
    super(`the WebSocket upgrade was answered with HTTP ${status}`);
    this.status = status;
    this.location = location;
  }
}

const maxMessageBytes = 32 * 1024 * 1024;

/**
 * Opens a WebSocket without subprotocol and compression, which Gitpod's servers have neither of. Redirects are refusals.
 * Pings are answered by themselves. The socket is paused: nothing is lost before a listener is there; resume it then.
 *
 * @throws UpgradeRefusedError, Node's own error, or the signal's reason.
 */
export async function openWebSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
  network: Network,
  signal: AbortSignal,
): Promise<WebSocket> {
  const { default: WebSocketClient } = await import('ws'); // at first use: the start is quicker without it
  const socket = new WebSocketClient(url, {
    headers,
    agent: await network.agent(),
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: maxMessageBytes,
  });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('upgrade', ({ socket: transport }) => transport.setNoDelay(true));
    socket.once('open', () => {
      socket.pause();
      resolve();
    });
    socket.once('error', reject);
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      reject(new UpgradeRefusedError(response.statusCode ?? 0, response.headers.location ?? ''));
    });
  });
  try {
    await raceSignal(opened, signal);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined); // ws reports an aborted upgrade once more
    socket.terminate();
    throw error;
  }
}
