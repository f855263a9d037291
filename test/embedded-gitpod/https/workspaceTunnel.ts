import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Directory } from '../model/directory.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { refuseWithoutOwnerToken } from './ownerTokenAuth.ts';
import { refuseUpgrade } from './refuseUpgrade.ts';
import { webSocketStream } from './webSocketStream.ts';

/** Who is at the other end of a tunnel: the host name decides, not the SSH user. */
export interface TunnelTarget {
  readonly workspace: EmbeddedWorkspace;
  readonly debug: boolean;
}

export interface WorkspaceTunnelOptions {
  readonly hostname: string;
  readonly origin: string;
  readonly directory: Directory;
  /** Where it is served. */
  readonly paths: readonly string[];
  /** Takes down how each upgrade was answered. */
  readonly record: (workspaceId: string, status: number) => void;
  /** The status that upgrades are answered with for now, when nobody serves them. */
  readonly refusedWith: (target: {
    readonly workspace: EmbeddedWorkspace | undefined;
    readonly debug: boolean;
  }) => number | undefined;
  /** How often the server pings; a client whose pong is late by a ninth of that is dropped. */
  readonly pingIntervalMs: number;
  /** Serves SSH on the bytes in the tunnel. */
  readonly serve: (stream: Duplex, target: TunnelTarget) => void;
}

/**
 * SSH through a WebSocket on a workspace's host (gitpod-wire §4.8 and §5.2, ssh-gateway-observed "HTTP and WebSocket"): with
 * the SSH gateway, or with the supervisor, who serve it in the same way.
 */
export class WorkspaceTunnel {
  readonly #options: WorkspaceTunnelOptions;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: () => false });

  constructor(options: WorkspaceTunnelOptions) {
    this.#options = options;
  }

  /** Whether a path is that of the tunnel. */
  isAt(path: string): boolean {
    return this.#options.paths.includes(path);
  }

  /** Answers an upgrade: the workspace must be known, then the owner token right, then the origin one's own. */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    target: { readonly workspaceId: string; readonly debug: boolean },
  ): void {
    const { directory, hostname, origin } = this.#options;
    const workspace = directory.findWorkspace(target.workspaceId);
    const refuse = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) => {
      this.#options.record(target.workspaceId, status);
      refuseUpgrade(socket, status, body, headers);
    };
    const fault = this.#options.refusedWith({ workspace, debug: target.debug });
    if (fault !== undefined) {
      refuse(fault, '');
      return;
    }
    if (!workspace?.hasPod) {
      const location = `${origin}/start/?not_found=true#${target.workspaceId}`;
      refuse(302, `<a href="${location}">Found</a>.\n\n`, { Location: location });
      return;
    }
    const refusal = refuseWithoutOwnerToken(request, workspace, hostname);
    if (refusal !== undefined) {
      refuse(refusal, '');
      return;
    }
    if (!isSameOrigin(request)) {
      refuse(403, 'Forbidden\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#options.record(workspace.id, 101);
      this.#keepAlive(webSocket);
      this.#options.serve(webSocketStream(webSocket), { workspace, debug: target.debug });
    });
  }

  /** Cuts every tunnel. */
  dropConnections(): void {
    for (const webSocket of this.#server.clients) webSocket.terminate();
  }

  /** Only a pong moves the deadline: data does not. */
  #keepAlive(webSocket: WebSocket): void {
    const { pingIntervalMs } = this.#options;
    const deadlineMs = (pingIntervalMs * 10) / 9;
    const ping = setInterval(() => webSocket.ping(), pingIntervalMs);
    let deadline = setTimeout(() => webSocket.terminate(), deadlineMs);
    webSocket.on('pong', () => {
      clearTimeout(deadline);
      deadline = setTimeout(() => webSocket.terminate(), deadlineMs);
    });
    webSocket.once('close', () => {
      clearInterval(ping);
      clearTimeout(deadline);
    });
  }
}

function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined || headers.origin === '') return true;
  return URL.parse(headers.origin)?.host === headers.host;
}
