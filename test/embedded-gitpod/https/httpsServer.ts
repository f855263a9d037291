import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ControlPlane } from '../control-plane/controlPlane.ts';
import type { RecordEvent } from '../events.ts';
import type { Directory } from '../model/directory.ts';
import type { OAuthServer } from '../oauth/oauthServer.ts';
import type { PublicApi } from '../public-api/publicApi.ts';
import type { TlsIdentity } from '../tls/certificates.ts';
import type { Launcher } from '../workspace/launcher.ts';
import { type Answer, answer, html, sendAnswer } from './answer.ts';
import { type HostRoute, routeHost } from './hostRoute.ts';
import { answerInstallationHost } from './installationHost.ts';
import { refuseUpgrade } from './refuseUpgrade.ts';
import { answerWorkspaceHost, type WorkspaceHostOptions } from './workspaceHost.ts';
import { answerWorkspacePort } from './workspacePortHost.ts';
import type { WorkspaceTunnel } from './workspaceTunnel.ts';

export interface HttpsServerOptions extends WorkspaceHostOptions {
  readonly clusterDomain: string;
  readonly directory: Directory;
  readonly controlPlane: ControlPlane;
  readonly publicApi: PublicApi;
  readonly launcher: Launcher;
  readonly oauth: OAuthServer;
  readonly record: RecordEvent;
}

/** The one TLS port: the installation's host and every workspace host, told apart by `Host`. */
export class HttpsServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #identity: TlsIdentity;
  readonly #tunnels: readonly WorkspaceTunnel[];

  /** @param createOptions gets the port, which the origin in some answers contains */
  static async listen(
    identity: TlsIdentity,
    createOptions: (port: number) => HttpsServerOptions,
  ): Promise<HttpsServer> {
    const server = createServer({ cert: identity.certificate, key: identity.privateKey });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new HttpsServer(server, identity, createOptions);
  }

  private constructor(server: Server, identity: TlsIdentity, createOptions: (port: number) => HttpsServerOptions) {
    this.#server = server;
    this.#identity = identity;
    this.port = (server.address() as AddressInfo).port;
    const options = createOptions(this.port);
    this.#tunnels = options.tunnels;
    server.on('request', (request, response) => void serve(request, response, options));
    server.on('upgrade', (request, socket, head) => upgrade(request, socket, head, options));
  }

  /** Shows new connections another certificate, or its own again; no TLS session made before is resumed. */
  present({ certificate: cert, privateKey: key }: TlsIdentity = this.#identity): void {
    this.#server.setSecureContext({ cert, key });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    for (const tunnel of this.#tunnels) tunnel.dropConnections();
    await closed;
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, options: HttpsServerOptions): Promise<void> {
  const publicApiMethod = publicApiMethodOf(request, options);
  if (publicApiMethod !== undefined && options.faults.httpsAnswer === undefined) {
    await options.publicApi.serve(publicApiMethod, request, response);
    return;
  }
  const found = await answerRequest(request, options);
  const path = (request.url ?? '').split('?')[0] ?? '';
  const host = request.headers.host ?? '';
  options.record({ kind: 'http', host, method: request.method ?? '', path, status: found.status });
  sendAnswer(response, found, options.faults.httpClockOffsetMs);
}

/** `api.<host>/…`, and the same below `/public-api/` of the installation's own host (gitpod-wire §3.1). */
function publicApiMethodOf(request: IncomingMessage, options: HttpsServerOptions): string | undefined {
  const { kind } = routeOf(request, options);
  const [, inside, method] = /^\/(public-api\/)?(gitpod\.v1\.\w+\/\w+)$/.exec(request.url ?? '') ?? [];
  if (kind === 'public-api' && inside === undefined) return method;
  return kind === 'installation' && inside !== undefined ? method : undefined;
}

async function answerRequest(request: IncomingMessage, options: HttpsServerOptions): Promise<Answer> {
  const fault = faultAnswer(options);
  if (fault !== undefined) return fault;
  const route = routeOf(request, options);
  switch (route.kind) {
    case 'installation':
      return answerInstallationHost(request, options);
    case 'workspace': {
      const workspace = options.directory.findWorkspace(route.workspaceId);
      return answerWorkspaceHost(request, { ...route, workspace }, options);
    }
    case 'workspace-port': {
      const workspace = options.directory.findWorkspace(route.workspaceId);
      const target = { workspace, port: route.port, debug: route.debug };
      return answerWorkspacePort(request, target, { hostname: options.domain, launcher: options.launcher });
    }
    case 'public-api':
      return answer(404);
    case 'foreign-content':
      return answer(200);
    case 'unknown':
      return answer(404);
  }
}

function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, options: HttpsServerOptions): void {
  socket.on('error', () => socket.destroy());
  const fault = faultAnswer(options);
  if (fault !== undefined) {
    refuseUpgrade(socket, fault.status, String(fault.body), fault.headers);
    return;
  }
  const path = (request.url ?? '').split('?')[0] ?? '';
  const route = routeOf(request, options);
  const tunnel = options.tunnels.find((each) => each.isAt(path));
  if (route.kind === 'installation' && path === '/api/v1') options.controlPlane.handleUpgrade(request, socket, head);
  else if (route.kind === 'workspace' && tunnel !== undefined) tunnel.handleUpgrade(request, socket, head, route);
  else refuseUpgrade(socket, 502, '');
}

function faultAnswer({ faults }: HttpsServerOptions): Answer | undefined {
  if (faults.httpsAnswer === undefined) return undefined;
  const { status, body, location } = faults.httpsAnswer;
  return answer(status, body, location === undefined ? html : { ...html, Location: location });
}

function routeOf(request: IncomingMessage, options: HttpsServerOptions): HostRoute {
  return routeHost(request.headers.host ?? '', options.domain, options.clusterDomain);
}
