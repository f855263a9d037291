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
  webSocket.once('close', () => {
    stream.push(null);
    stream.end();
  });
  webSocket.on('error', (error) => stream.destroy(error));
  return stream;
}

/** RFC 6455 §7.4.1. */
const normalClosure = 1000;

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
