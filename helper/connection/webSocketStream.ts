import { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/**
 * A WebSocket as a stream of bytes: one binary message for each write, whatever comes is read. Back-pressure works both
 * ways. An end, from either side, is the end of both directions: a WebSocket has no half-close.
 */
export function webSocketStream(webSocket: WebSocket): Duplex {
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => {
      if (webSocket.isPaused) webSocket.resume();
    },
    write: (chunk: Buffer, _encoding, callback) => webSocket.send(chunk, { binary: true }, callback),
    final: (callback) => {
      webSocket.close(normalClosure);
      callback();
    },
    destroy: (error, callback) => {
      webSocket.terminate();
      callback(error);
    },
  });
  webSocket.on('message', (data: RawData) => {
    if (!stream.push(toBuffer(data))) webSocket.pause();
  });
  const pongs = setInterval(() => webSocket.pong(), pongIntervalMs);
  webSocket.once('close', () => {
    clearInterval(pongs);
    stream.push(null);
    stream.end();
  });
  webSocket.on('error', (error) => stream.destroy(error));
  return stream;
}

/**
 * Pongs that nobody has asked for (RFC 6455 §5.5.3). The workspace proxy pings every 13.5 s and cuts a WebSocket whose pong is
 * 1.5 s late. On a slow link under load a pong waits behind data for longer; when many are under way, one is always in time.
 */
const pongIntervalMs = 3_000;

/** RFC 6455 §7.4.1. */
const normalClosure = 1000;

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
