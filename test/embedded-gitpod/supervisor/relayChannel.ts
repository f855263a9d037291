import type { Duplex } from 'node:stream';
import type { SshChannel } from '@microsoft/dev-tunnels-ssh';

/**
 * Joins a channel and a connection inside the workspace, as the supervisor does: the end of either side ends both
 * directions, and the client gets all data, then CLOSE, never an EOF. Windows hold either side back.
 */
export function relayChannel(channel: SshChannel, target: Duplex): void {
  channel.onDataReceived((data) => {
    target.write(Buffer.from(data), () => channel.adjustWindow(data.length));
  });
  channel.onEof(() => target.end());
  channel.onClosed(() => target.destroy());
  target.on('error', () => target.destroy());
  sendAll(channel, target).then(
    () => channel.close(),
    () => channel.dispose(),
  );
}

async function sendAll(channel: SshChannel, target: Duplex): Promise<void> {
  for await (const chunk of target) await channel.send(chunk);
}
