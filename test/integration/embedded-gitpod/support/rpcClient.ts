import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { EmbeddedGitpod } from '../../../embedded-gitpod/embeddedGitpod.ts';
import { EventQueue } from './eventQueue.ts';

export interface RpcOutcome {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

interface ConnectOptions {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly autoPong?: boolean;
  readonly perMessageDeflate?: boolean;
}

/** A client of the control plane that sees every message. */
export class RpcClient implements AsyncDisposable {
  readonly messages = new EventQueue<unknown>();
  /** The close code. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  #nextId = 1_000;

  static async connect(gitpod: EmbeddedGitpod, token: string, options: ConnectOptions = {}): Promise<RpcClient> {
    const client = new RpcClient(
      open(gitpod, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } }),
    );
    await new Promise<void>((resolve, reject) => client.#socket.on('open', resolve).on('error', reject));
    return client;
  }

  /** The HTTP answer to an upgrade that is refused. */
  static refusal(
    gitpod: EmbeddedGitpod,
    options: ConnectOptions,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const socket = open(gitpod, options);
    return new Promise((resolve, reject) => {
      socket.on('open', () => reject(new Error('was accepted')));
      socket.on('unexpected-response', (_request, response) => {
        text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
    });
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
    socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString('utf8'))));
  }

  get extensions(): string {
    return this.#socket.extensions;
  }

  send(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  sendRaw(data: Buffer): void {
    this.#socket.send(data, { binary: true });
  }

  /** One call; nothing else may be under way. */
  async call(method: string, params: unknown): Promise<RpcOutcome> {
    const id = this.#nextId++;
    this.send({ jsonrpc: '2.0', id, method, params });
    const {
      jsonrpc: _version,
      id: answered,
      ...outcome
    } = (await this.messages.next()) as RpcOutcome & { id: number; jsonrpc: string };
    if (answered !== id) throw new Error(`expected the answer to ${id}, got ${answered}`);
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }
}

function open(
  gitpod: EmbeddedGitpod,
  { path = '/api/v1', headers, autoPong, perMessageDeflate }: ConnectOptions,
): WebSocket {
  const options = {
    ca: readFileSync(gitpod.caFile),
    servername: 'gitpod.test',
    headers: { host: gitpod.host, ...headers },
    autoPong: autoPong ?? true,
    perMessageDeflate: perMessageDeflate ?? false,
  };
  return new WebSocket(`wss://127.0.0.1:${gitpod.httpsPort}${path}`, options);
}
