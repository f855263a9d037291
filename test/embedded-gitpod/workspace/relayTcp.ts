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
  socket.on('end', () => channel.write(Buffer.alloc(0), () => channel.eof()));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => channel.write(Buffer.alloc(0), () => channel.close())); // behind what the window still holds back
  channel.on('close', () => socket.destroySoon());
}
