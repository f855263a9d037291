import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Connection, TcpipBindInfo } from 'ssh2';
import type { RecordEvent } from '../events.ts';
import { relayTcp } from './relayTcp.ts';

export interface RemoteForwardOptions {
  readonly workspaceId: string;
  readonly record: RecordEvent;
}

/** Serves `tcpip-forward` and `cancel-tcpip-forward` (RFC 4254 §7.1), on IPv4 loopback only, until the connection ends. */
export function serveRemoteForwards(connection: Connection, { workspaceId, record }: RemoteForwardOptions): void {
  const listeners = new Map<string, Server>();
  connection.on('request', (accept, reject, name, info) => {
    if (name === 'tcpip-forward') {
      const listener = listen(connection, info);
      listener.on('error', () => reject?.());
      listener.on('listening', () => {
        const { port } = listener.address() as AddressInfo;
        listeners.set(`${info.bindAddr}:${port}`, listener);
        record({ kind: 'tcpip-forward', workspaceId, port });
        accept?.(port);
      });
    } else {
      const key = `${info.bindAddr}:${info.bindPort}`;
      const listener = listeners.get(key);
      listeners.delete(key);
      listener?.close();
      if (listener) accept?.();
      else reject?.();
    }
  });
  connection.on('close', () => {
    for (const listener of listeners.values()) listener.close();
  });
}

function listen(connection: Connection, { bindAddr, bindPort }: TcpipBindInfo): Server {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const { port } = server.address() as AddressInfo;
    socket.on('error', () => socket.destroy());
    connection.forwardOut(bindAddr, port, '127.0.0.1', socket.remotePort ?? 0, (error, channel) => {
      if (error) socket.destroy();
      else relayTcp(channel, socket);
    });
  });
  return server.listen(bindPort, '127.0.0.1');
}
