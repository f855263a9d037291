import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';

/**
 * Ends an SSH connection when nothing at all arrives for a while, as ssh2 does when keepalives stay unanswered. Data counts:
 * on a slow link an answer waits behind what is under way, for longer than anybody would wait on a silent one.
 *
 * @param stream what carries the connection.
 */
export function endWhenSilent(client: Client, stream: Duplex, limitMs: number): void {
  const timer = setTimeout(() => {
    client.emit('error', Object.assign(new Error(`nothing came for ${limitMs} ms`), { level: 'client-timeout' }));
    stream.destroy();
  }, limitMs);
  stream.on('data', () => timer.refresh());
  stream.once('close', () => clearTimeout(timer));
}
