import type { WebSocket } from 'ws';
import type { RecordEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import { allowsFunction } from '../model/accessToken.ts';
import type { Authenticated, Directory } from '../model/directory.ts';
import type { EmbeddedUser } from '../model/user.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { errorMessage, notificationMessage, parseClientMessage, resultMessage } from './jsonRpc.ts';
import { type MethodContext, methods } from './methods.ts';
import type { RateLimiter } from './rateLimiter.ts';
import { ErrorCode, errorMember, RpcError } from './rpcError.ts';
import { censoredInstanceView } from './views.ts';

export interface ConnectionOptions {
  readonly directory: Directory;
  readonly rateLimiter: RateLimiter;
  readonly faults: Faults;
  readonly record: RecordEvent;
  readonly pingIntervalMs: number;
  readonly create: MethodContext['create'];
}

/** One authenticated client of the control plane: JSON-RPC 2.0 over its WebSocket (gitpod-wire §2.2 to §2.5). */
export class Connection {
  readonly #socket: WebSocket;
  readonly #user: EmbeddedUser;
  readonly #scopes: readonly string[];
  readonly #options: ConnectionOptions;

  constructor(socket: WebSocket, { user, token }: Authenticated, options: ConnectionOptions) {
    this.#socket = socket;
    this.#user = user;
    this.#scopes = token.scopes;
    this.#options = options;
    // Text and binary frames alike: the Go client sends binary ones.
    socket.on('message', (data: Buffer) => this.#receive(data.toString('utf8')));
    socket.on('error', () => socket.terminate());
    this.#watchPongs();
  }

  /** Tells the client about a change of one of its user's workspaces; others are kept from it. */
  pushInstanceUpdate(workspace: EmbeddedWorkspace): void {
    if (workspace.owner !== this.#user) return;
    this.#socket.send(notificationMessage('onInstanceUpdate', censoredInstanceView(workspace)));
  }

  close(): void {
    this.#socket.terminate();
  }

  /** Pings at each interval; a client that did not answer the last one is cut off. */
  #watchPongs(): void {
    let answered = true;
    const timer = setInterval(() => {
      if (!answered) return this.#socket.terminate();
      answered = false;
      this.#socket.ping();
    }, this.#options.pingIntervalMs);
    this.#socket.on('pong', () => {
      answered = true;
    });
    this.#socket.on('close', () => clearInterval(timer));
  }

  #receive(text: string): void {
    const message = parseClientMessage(text);
    switch (message.kind) {
      case 'request':
        this.#send(this.#answer(message), message.method);
        break;
      case 'notification': // not supported, and a notification has no response to say so
        this.#options.record({ kind: 'rpc-notification', user: this.#user.name, method: message.method });
        break;
      case 'invalid': // the real server logs it and goes on
        break;
    }
  }

  #send(answer: string, method: string): void {
    const { faults } = this.#options;
    const until = faults.rpcAnswersAfter.get(method);
    if (until !== undefined) {
      void until.then(() => this.#socket.send(answer));
      return;
    }
    if (faults.cutBehindCall !== method) {
      this.#socket.send(answer);
      return;
    }
    faults.cutBehindCall = undefined;
    this.close();
  }

  #answer(request: {
    readonly id: string | number;
    readonly method: string;
    readonly args: readonly unknown[];
  }): string {
    const { id, method, args } = request;
    const user = this.#user.name;
    try {
      const response = resultMessage(id, this.#call(method, args));
      this.#options.record({ kind: 'rpc', user, method, error: undefined });
      return response;
    } catch (error) {
      const member = errorMember(error);
      this.#options.record({ kind: 'rpc', user, method, error: member.code });
      return errorMessage(id, member);
    }
  }

  /** Rate limit, then name, then scope (gitpod-wire §2.3). */
  #call(name: string, args: readonly unknown[]): unknown {
    const { directory, rateLimiter, faults, create } = this.#options;
    rateLimiter.consume(this.#user.id, name);
    const method = methods.get(name);
    if (!method) throw new RpcError(ErrorCode.BAD_REQUEST, `Unknown method '${name}'`);
    if (!allowsFunction(this.#scopes, name)) {
      throw new RpcError(ErrorCode.PERMISSION_DENIED, `Request ${name} is not allowed`);
    }
    const fault = faults.rpcErrors.get(name);
    if (fault) throw new RpcError(fault.code, fault.message, fault.data);
    return method({ user: this.#user, directory, create }, args);
  }
}
