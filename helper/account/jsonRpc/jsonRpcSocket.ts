import type { WebSocket } from 'ws';
import { log } from '../../log.ts';
import { raceSignal } from '../../platform/deadline.ts';
import type { Network } from '../../platform/network/network.ts';
import { openWebSocket } from '../../platform/network/openWebSocket.ts';
import type { Secret } from '../../platform/secret.ts';

/** The server answered a call with a JSON-RPC error. */
export class JsonRpcError extends Error {
  override readonly name = 'JsonRpcError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The connection ended before the answer came. */
export class SocketClosedError extends Error {
  override readonly name = 'SocketClosedError';
}

/** The server pings every 30 s (gitpod-wire §2.1); two missed pings mean that the link is dead. */
const serverSilenceMs = 75_000;

/** How long a link that lives takes at most to carry a ping and its pong. */
const pongTimeoutMs = 4_000;

interface PendingCall {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Takes what the server says without being asked. */
export type OnNotification = (method: string, parameters: unknown) => void;

/** JSON-RPC 2.0 over one WebSocket: one object per message, numeric ids, positional parameters (gitpod-wire §2.2). */
export class JsonRpcSocket {
  readonly #socket: WebSocket;
  readonly #onNotification: OnNotification;
  readonly #pending = new Map<number, PendingCall>();
  #nextId = 0;
  #isRetired = false;
  #silence: NodeJS.Timeout | undefined;
  #pongTimeout: { readonly timer: NodeJS.Timeout; readonly dueAt: number } | undefined;
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;

  /**
   * Opens the WebSocket with the token as Bearer.
   *
   * @param url must have no query: the server then ignores the token (gitpod-wire §2.1).
   * @throws UpgradeRefusedError, Node's own error, or the signal's reason.
   */
  static async open(
    url: string,
    token: Secret,
    network: Network,
    onNotification: OnNotification,
    signal: AbortSignal,
  ): Promise<JsonRpcSocket> {
    const headers = { Authorization: `Bearer ${token.reveal()}` };
    return new JsonRpcSocket(await openWebSocket(url, headers, network, signal), onNotification);
  }

  private constructor(socket: WebSocket, onNotification: OnNotification) {
    this.#socket = socket;
    this.#onNotification = onNotification;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('message', (data) => this.#onMessage(String(data)));
    socket.on('ping', () => this.#heard());
    socket.on('pong', () => this.#heard());
    socket.on('error', (error) => log.warn('account.socket_error', { error }));
    socket.once('close', () => this.#onClose());
    this.#heard();
    socket.resume();
  }

  /**
   * Calls `method`. A link that went silent unnoticed, as when a laptop slept, ends soon: the answer may take long, a
   * pong may not.
   *
   * @throws JsonRpcError, SocketClosedError, or the signal's reason.
   */
  call(method: string, parameters: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    if (this.#socket.readyState !== this.#socket.OPEN) return Promise.reject(new SocketClosedError('not connected'));
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params: parameters }));
    this.expectPong(pongTimeoutMs);
    return raceSignal(answer, signal).finally(() => {
      this.#pending.delete(id);
      this.#closeIfDone();
    });
  }

  /** Ends the connection unless something is heard from the server in time. */
  expectPong(timeoutMs: number): void {
    const dueAt = performance.now() + timeoutMs;
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#pongTimeout !== undefined && this.#pongTimeout.dueAt <= dueAt) return;
    this.#socket.ping();
    clearTimeout(this.#pongTimeout?.timer);
    this.#pongTimeout = { timer: setTimeout(() => this.#onSilence(timeoutMs), timeoutMs).unref(), dueAt };
  }

  /** Closes the connection once the calls under way have their answers. */
  retire(): void {
    this.#isRetired = true;
    this.#closeIfDone();
  }

  /** Closes the connection; calls under way fail with SocketClosedError. */
  async close(): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }

  #onMessage(text: string): void {
    this.#heard();
    const message = parseMessage(text);
    if (message === undefined) {
      log.warn('account.message_not_understood', { length: text.length });
      return;
    }
    const { id, result, error, method, params } = message;
    if (typeof id !== 'number') {
      if (typeof method === 'string') this.#onNotification(method, params);
      return;
    }
    const pending = this.#pending.get(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(error);
  }

  #onClose(): void {
    this.#clearTimeouts();
    for (const pending of this.#pending.values()) pending.reject(new SocketClosedError('the connection was closed'));
  }

  #closeIfDone(): void {
    if (this.#isRetired && this.#pending.size === 0) this.#socket.terminate();
  }

  #heard(): void {
    this.#clearTimeouts();
    this.#silence = setTimeout(() => this.#onSilence(serverSilenceMs), serverSilenceMs).unref();
  }

  #onSilence(silentMs: number): void {
    log.warn('account.socket_silent', { silentMs });
    this.#socket.terminate();
  }

  #clearTimeouts(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#pongTimeout?.timer);
    this.#pongTimeout = undefined;
  }
}

interface Message {
  readonly id: unknown;
  readonly result: unknown;
  readonly error: JsonRpcError | undefined;
  readonly method: unknown;
  readonly params: unknown;
}

function parseMessage(text: string): Message | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { id, result, error, method, params }: { [Key in keyof Message]?: unknown } = message;
  return { id, result, method, params, error: error === undefined || error === null ? undefined : parseError(error) };
}

function parseError(error: unknown): JsonRpcError {
  if (typeof error !== 'object' || error === null)
    return new JsonRpcError(500, 'error without a description', undefined);
  const { code, message, data }: { code?: unknown; message?: unknown; data?: unknown } = error;
  return new JsonRpcError(
    typeof code === 'number' ? code : 500,
    typeof message === 'string' ? message : 'error without a description',
    data,
  );
}
