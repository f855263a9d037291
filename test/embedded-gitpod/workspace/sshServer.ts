import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket, type Server as TcpServer } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import { randomHex } from '../model/ids.ts';
import { generateSshKeyPair, type SshKeyPair } from '../ssh-wire/keyPair.ts';
import { AuthorizedKeys } from './authorizedKeys.ts';
import type { Backend } from './backend.ts';
import { serveDirectTcpip } from './directTcpip.ts';
import { announceHostKey } from './hostKeysNotice.ts';
import { answerLateRequests } from './lateRequests.ts';
import { serveRemoteForwards } from './remoteForward.ts';
import { type SessionOptions, WorkspaceSession } from './session.ts';

export interface WorkspaceSshServerOptions extends SessionOptions {
  readonly backend: Backend;
}

/** OpenSSH's default MaxSessions. */
const maxSessions = 10;

/** Longer than anything runs: the real sshd sends no keepalives, and ssh2 has no way to say "never". */
const keepaliveIntervalMs = 2 ** 31 - 1;

/**
 * The SSH server inside one workspace. The SSH gateway comes in by a password made for this server, others by the keys
 * that were authorized.
 */
export class WorkspaceSshServer implements AsyncDisposable {
  readonly user = 'gitpod';
  readonly password: string;
  readonly hostKey: SshKeyPair;
  readonly #authorizedKeys: AuthorizedKeys;
  readonly #tcp: TcpServer;
  readonly #sockets = new Set<Socket>();

  static async listen(options: WorkspaceSshServerOptions): Promise<WorkspaceSshServer> {
    const password = randomHex(32);
    const authorizedKeys = new AuthorizedKeys();
    const hostKey = await generateSshKeyPair('ed25519');
    const ssh = new ssh2.Server({
      hostKeys: [hostKey.privateKeyText],
      ident: 'OpenSSH_9.2',
      keepaliveInterval: keepaliveIntervalMs,
    });
    ssh.on('connection', (connection) => {
      connection.on('authentication', (context) => authenticate(context, password, authorizedKeys));
      connection.on('ready', () => announceHostKey(connection, hostKey));
      connection.on('error', () => connection.end());
      serveDirectTcpip(connection, options);
      serveRemoteForwards(connection, { workspaceId: options.workspace.id, record: options.record });
      serveSessions(connection, options);
      answerLateRequests(connection);
    });
    const tcp = createServer({ noDelay: true });
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    return new WorkspaceSshServer(tcp, ssh, { password, hostKey, authorizedKeys }, options);
  }

  private constructor(
    tcp: TcpServer,
    ssh: ssh2.Server,
    secrets: { readonly password: string; readonly hostKey: SshKeyPair; readonly authorizedKeys: AuthorizedKeys },
    { workspace }: WorkspaceSshServerOptions,
  ) {
    this.#tcp = tcp;
    this.password = secrets.password;
    this.hostKey = secrets.hostKey;
    this.#authorizedKeys = secrets.authorizedKeys;
    tcp.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (workspace.upstream === 'ready') ssh.injectSocket(socket);
      else if (workspace.upstream === 'silent') socket.on('error', () => socket.destroy()).resume();
      else socket.destroy();
    });
  }

  get port(): number {
    return (this.#tcp.address() as AddressInfo).port;
  }

  /** Lets a key in from now on. */
  authorizeKey(key: SshKeyPair): void {
    this.#authorizedKeys.add(key);
  }

  /** Cuts every connection. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
    this.dropConnections();
    await closed;
  }
}

/** `publickey` is all that the real one names. */
function authenticate(context: AuthContext, password: string, authorizedKeys: AuthorizedKeys): void {
  const isPassword = context.method === 'password' && context.password === password;
  if (isPassword || (context.method === 'publickey' && authorizedKeys.admits(context))) context.accept();
  else context.reject(['publickey']);
}

function serveSessions(connection: Connection, options: SessionOptions): void {
  let open = 0;
  connection.on('session', (accept, reject) => {
    if (open >= maxSessions) return reject();
    open += 1;
    const session = accept();
    session.on('close', () => {
      open -= 1;
    });
    new WorkspaceSession(session, options);
  });
}
