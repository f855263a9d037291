import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** A WebSocket as a stream of bytes: one binary message for each write, whatever comes is read. Its end is a cut connection. */
export function webSocketStream(webSocket: WebSocket): Duplex {
  const stream = new Duplex({
    read: () => webSocket.resume(),
    write: (chunk: Buffer, _encoding, callback) => webSocket.send(chunk, { binary: true }, callback),
    final: (callback) => {
      // The real one never sends a close frame: the client sees the TCP connection end.
      webSocket.terminate();
      callback();
    },
    destroy: (error, callback) => {
      webSocket.terminate();
      callback(error);
    },
  });
  webSocket.on('message', (data: Buffer) => {
    if (!stream.push(data)) webSocket.pause();
  });
  webSocket.once('close', () => {
    stream.push(null);
    stream.destroy();
  });
  webSocket.on('error', () => undefined);
  return stream;
}
