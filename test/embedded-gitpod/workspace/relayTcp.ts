import type { Socket } from 'node:net';
import type { Channel } from 'ssh2';

/**
 * Joins a channel and a TCP connection, each direction ending by itself. EOF and CLOSE are sent by hand: a server channel
 * of ssh2 that is ended sends both at once, and the other direction would be lost.
 */
export function relayTcp(channel: Channel, socket: Socket): void {
  channel.pipe(socket);
  socket.on('data', (chunk) => {
    if (!channel.write(chunk)) socket.pause();
  });
  channel.on('drain', () => socket.resume());
  let isFlushing = false; // the window may hold back what a socket that is closed already has sent
  socket.on('end', () => {
    isFlushing = true;
    channel.write(Buffer.alloc(0), () => {
      isFlushing = false;
      channel.eof();
      if (socket.closed) channel.close();
    });
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (!isFlushing) channel.close();
  });
  channel.on('close', () => socket.destroySoon());
}
