import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { refuseUpgrade } from '../https/refuseUpgrade.ts';
import type { Authenticated } from '../model/directory.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { Connection, type ConnectionOptions } from './connection.ts';

export interface ControlPlaneOptions extends ConnectionOptions {
  /** The installation's host name, without a port. */
  readonly hostname: string;
}

/** `wss://<host>/api/v1`: the upgrade's checks and the connections that passed them (gitpod-wire §2.1). */
export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #connections = new Set<Connection>();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: () => false,
  });

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const outcome = this.#admit(request);
    const accepted = 'user' in outcome;
    this.#options.record({
      kind: 'api-connect',
      user: accepted ? outcome.user.name : undefined,
      status: accepted ? 101 : outcome.status,
      userAgent: request.headers['user-agent'] ?? '',
    });
    if (!accepted) {
      refuseUpgrade(socket, outcome.status, outcome.message);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, outcome, this.#options);
      this.#connections.add(connection);
      webSocket.on('close', () => this.#connections.delete(connection));
    });
  }

  /** Tells every connection of the owner. */
  pushInstanceUpdate(workspace: EmbeddedWorkspace): void {
    for (const connection of this.#connections) connection.pushInstanceUpdate(workspace);
  }

  /** Cuts every connection off without a close frame. */
  dropConnections(): void {
    for (const connection of this.#connections) connection.close();
  }

  #admit(request: IncomingMessage): Authenticated | { readonly status: number; readonly message: string } {
    const { faults, directory, hostname } = this.#options;
    if (faults.apiUpgradeStatus !== undefined) return { status: faults.apiUpgradeStatus, message: '' };
    if (!isOwnOrigin(request.headers.origin, hostname)) return { status: 403, message: 'Forbidden' };
    // Bearer authentication is only tried on the exact path; with a query string the server wants a session cookie.
    if (request.url !== '/api/v1') return { status: 401, message: 'not authenticated' };
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim();
    if (!token) return { status: 401, message: 'missing Bearer token' };
    const found = directory.authenticate(token);
    return 'refusal' in found ? { status: 401, message: found.refusal } : found;
  }
}

function isOwnOrigin(origin: string | undefined, hostname: string): boolean {
  if (!origin) return true;
  return URL.canParse(origin) && new URL(origin).hostname === hostname;
}
