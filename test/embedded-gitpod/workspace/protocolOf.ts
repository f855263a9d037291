import type { Connection } from 'ssh2';
import Protocol from 'ssh2/lib/protocol/Protocol.js';

/**
 * The protocol layer under a connection of ssh2's server, for what the server has no public way to do.
 * @throws {TypeError} this version of ssh2 keeps it elsewhere
 */
export function protocolOf(connection: Connection): Protocol {
  if ('_protocol' in connection && connection._protocol instanceof Protocol) return connection._protocol;
  throw new TypeError('this version of ssh2 keeps its protocol layer elsewhere');
}
