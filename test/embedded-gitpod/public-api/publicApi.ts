import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../control-plane/jsonRpc.ts';
import type { MethodContext } from '../control-plane/methods.ts';
import type { RateLimiter } from '../control-plane/rateLimiter.ts';
import { RpcError } from '../control-plane/rpcError.ts';
import type { RecordEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { Directory } from '../model/directory.ts';
import type { EmbeddedUser } from '../model/user.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import {
  ConnectServiceError,
  envelope,
  readRequest,
  sendError,
  sendMessage,
  toServiceError,
} from './connectProtocol.ts';
import { services } from './services.ts';
import { statusView } from './workspaceView.ts';

export interface PublicApiOptions {
  readonly directory: Directory;
  readonly rateLimiter: RateLimiter;
  readonly faults: Faults;
  readonly record: RecordEvent;
  readonly create: MethodContext['create'];
}

const watchMethod = 'gitpod.v1.WorkspaceService/WatchWorkspaceStatus';

/** The public API, gitpod.v1 by the Connect protocol with JSON (gitpod-wire §3). */
export class PublicApi {
  readonly #options: PublicApiOptions;
  readonly #watchers = new Map<ServerResponse, EmbeddedUser>();

  constructor(options: PublicApiOptions) {
    this.#options = options;
  }

  /** @param method `<service>/<method>` */
  async serve(method: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { record } = this.#options;
    const done = (user: string, status: number) => record({ kind: 'public-api', user, method, status });
    let name = '';
    try {
      const { apiUpgradeStatus } = this.#options.faults;
      if (apiUpgradeStatus !== undefined && apiUpgradeStatus >= 500) {
        response.writeHead(apiUpgradeStatus).end();
        return;
      }
      if (request.method !== 'POST') {
        response.writeHead(405).end();
        return;
      }
      const user = this.#authenticate(request);
      ({ name } = user);
      this.#limit(user, method);
      const message = await readRequest(request);
      if (method === watchMethod) {
        done(name, this.#watch(user, response));
        return;
      }
      const service = services.get(method);
      if (service === undefined) throw new ConnectServiceError('unimplemented', `${method} is not implemented`);
      const { directory, create } = this.#options;
      done(name, sendMessage(response, service({ user, directory, create }, isObject(message) ? message : {})));
    } catch (error) {
      done(name, sendError(response, toServiceError(error)));
    }
  }

  /** Tells those of the owner's streams that are open. */
  pushStatus(workspace: EmbeddedWorkspace): void {
    for (const [response, user] of this.#watchers) {
      if (workspace.owner === user)
        response.write(envelope({ workspaceId: workspace.id, status: statusView(workspace) }));
    }
  }

  /** Cuts every stream. */
  dropConnections(): void {
    for (const response of this.#watchers.keys()) response.destroy();
  }

  /** A token other than one that may do everything counts as none (gitpod-wire §3.1). */
  #authenticate({ headers }: IncomingMessage): EmbeddedUser {
    const [, token] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
    const found = token === undefined ? undefined : this.#options.directory.authenticate(token);
    if (found !== undefined && 'user' in found && isAllPowerful(found.token.scopes)) return found.user;
    throw new ConnectServiceError('unauthenticated', 'not authenticated');
  }

  #limit(user: EmbeddedUser, method: string): void {
    try {
      this.#options.rateLimiter.consume(user.id, method);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const { retryAfter } = isObject(error.data) ? error.data : {};
      throw new ConnectServiceError('resource_exhausted', 'rate limit exceeded', { 'Retry-After': String(retryAfter) });
    }
  }

  /** Without a workspace's id, the first message is empty: it says that the stream is open. */
  #watch(user: EmbeddedUser, response: ServerResponse): number {
    response.writeHead(200, { 'Content-Type': 'application/connect+json' });
    response.write(envelope({}));
    this.#watchers.set(response, user);
    response.once('close', () => this.#watchers.delete(response));
    return 200;
  }
}

function isAllPowerful(scopes: readonly string[]): boolean {
  const functions = scopes.filter((scope) => scope.startsWith('function:'));
  return functions.length === 1 && functions[0] === 'function:*';
}
