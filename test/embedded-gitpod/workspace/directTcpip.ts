import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AcceptConnection, Connection, ServerChannel, TcpipRequestInfo } from 'ssh2';
import type { RecordEvent } from '../events.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import type { Backend } from './backend.ts';
import { relayTcp } from './relayTcp.ts';

export interface DirectTcpipOptions {
  readonly workspace: EmbeddedWorkspace;
  readonly backend: Backend;
  readonly record: RecordEvent;
}

/**
 * Serves `direct-tcpip` channels (RFC 4254 §7.2). The backend's port is the workspace's own and leads to its backend;
 * every other port is looked for on this machine's IPv4 loopback.
 */
export function serveDirectTcpip(connection: Connection, options: DirectTcpipOptions): void {
  connection.on('tcpip', (accept, reject, info) => {
    open(accept, info, options).then(
      () => record(options, info, 'opened'),
      () => {
        record(options, info, 'refused');
        reject();
      },
    );
  });
}

async function open(
  accept: AcceptConnection<ServerChannel>,
  { destIP, destPort }: TcpipRequestInfo,
  { workspace, backend }: DirectTcpipOptions,
): Promise<void> {
  if (!/^(localhost|127\.\d+\.\d+\.\d+)$/.test(destIP)) throw new Error(`${destIP} is not this workspace`);
  if (destPort !== workspace.backendPort) return join(accept, await connectLoopback(destPort));
  switch (workspace.backend) {
    case 'closes-at-once':
      return accept().close();
    case 'ready':
      return join(accept, await backend.connect());
    case 'booting':
    case 'absent':
    case 'malformed-link':
      throw new Error('the backend does not listen');
  }
}

async function connectLoopback(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function join(accept: AcceptConnection<ServerChannel>, socket: Socket): void {
  relayTcp(accept(), socket);
}

function record(
  options: DirectTcpipOptions,
  { destIP, destPort }: TcpipRequestInfo,
  outcome: 'opened' | 'refused',
): void {
  const workspaceId = options.workspace.id;
  options.record({ kind: 'direct-tcpip', workspaceId, host: destIP, port: destPort, outcome });
}
