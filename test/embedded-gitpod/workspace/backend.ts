import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { RecordEvent } from '../events.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { certificateFingerprint, createSelfSigned } from '../tls/certificates.ts';
import { JoinTickets } from './joinTickets.ts';

/** The product and build the stand-in pretends to be. */
export const backendProduct = { code: 'IU', build: '251.23774.435', runtime: '21.0.6b895.109' } as const;

const firstLineLimit = 256;

/**
 * Stands in for a JetBrains backend: TLS 1.3 with a certificate pinned by the join link's `fp`; the client's first line is
 * `jt=<ticket>`; a good one is answered by `READY <pid>` and from then on every byte comes back, half-close included.
 * It listens once somebody asks for it.
 */
export class Backend implements AsyncDisposable {
  #pid = process.pid;
  readonly #workspace: EmbeddedWorkspace;
  readonly #identity = createSelfSigned('JetBrains backend');
  readonly #record: RecordEvent;
  readonly #tickets = new JoinTickets();
  readonly #sockets = new Set<Socket>();
  #listening: Promise<Server> | undefined;

  constructor(workspace: EmbeddedWorkspace, record: RecordEvent) {
    this.#workspace = workspace;
    this.#record = record;
  }

  get pid(): number {
    return this.#pid;
  }

  /** As when the IDE was updated: another process, which nobody is connected to. */
  restart(): void {
    this.#pid++;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** SHA-256 of the certificate, upper-case hex without colons: the link's `fp`. */
  async fingerprint(): Promise<string> {
    return certificateFingerprint(await this.#identity);
  }

  /** `tcp://127.0.0.1:<port>#jt=…&p=…&fp=…&cb=…&newUi=true&jb=…` */
  async joinLink(): Promise<string> {
    const { code, build, runtime } = backendProduct;
    const fragment = `jt=${this.#tickets.current}&p=${code}&fp=${await this.fingerprint()}&cb=${build}&newUi=true&jb=${runtime}`;
    return `tcp://127.0.0.1:${this.#workspace.backendPort}#${fragment}`;
  }

  /** A TCP connection to it, as made from inside the workspace. */
  async connect(): Promise<Socket> {
    this.#listening ??= this.#listen();
    const { port } = (await this.#listening).address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = await this.#listening;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #listen(): Promise<Server> {
    const { certificate: cert, privateKey: key } = await this.#identity;
    const server = createServer({ cert, key, minVersion: 'TLSv1.3', allowHalfOpen: true, noDelay: true });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('secureConnection', (socket) => this.#welcome(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  #welcome(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy());
    let line = Buffer.alloc(0);
    const readLine = (chunk: Buffer) => {
      line = Buffer.concat([line, chunk]);
      const end = line.indexOf('\n');
      if (end < 0 && line.length < firstLineLimit) return;
      socket.off('data', readLine).pause();
      this.#admit(socket, line.subarray(0, end).toString('utf8'), line.subarray(end + 1));
    };
    socket.on('data', readLine);
  }

  #admit(socket: TLSSocket, line: string, rest: Buffer): void {
    const isGood = line.startsWith('jt=') && this.#tickets.redeem(line.slice('jt='.length));
    this.#record({ kind: 'backend', workspaceId: this.#workspace.id, outcome: isGood ? 'joined' : 'refused' });
    if (!isGood) return void socket.destroy();
    socket.write(`READY ${this.pid}\n`);
    socket.write(rest);
    socket.pipe(socket);
  }
}
