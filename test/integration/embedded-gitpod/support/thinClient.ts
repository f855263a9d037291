import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import ssh2 from 'ssh2';
import type { EmbeddedGitpod, EmbeddedWorkspace } from '../../../embedded-gitpod/embeddedGitpod.ts';
import { httpsGet } from './httpsGet.ts';

/** What a join link says (`tcp://host:port#jt=…&fp=…`). */
export interface JoinLink {
  readonly port: number;
  readonly ticket: string;
  readonly fingerprint: string;
}

/** Asks the launcher, as the owner. */
export async function fetchJoinLink(gitpod: EmbeddedGitpod, workspace: EmbeddedWorkspace): Promise<JoinLink> {
  const headers = { 'x-gitpod-owner-token': workspace.ownerToken };
  const { body } = await httpsGet(gitpod, `https://24000-${workspace.host}/joinLink2`, { headers });
  const link = new URL(JSON.parse(body).joinLink);
  const fragment = new URLSearchParams(link.hash.slice(1));
  return { port: Number(link.port), ticket: fragment.get('jt') ?? '', fingerprint: fragment.get('fp') ?? '' };
}

/** An SSH connection to a workspace, as its owner. */
export class WorkspaceConnection implements AsyncDisposable {
  readonly #client = new ssh2.Client();

  static async open(gitpod: EmbeddedGitpod, { id, ownerToken }: EmbeddedWorkspace): Promise<WorkspaceConnection> {
    const connection = new WorkspaceConnection();
    connection.#client.on('connect', () => connection.#client.setNoDelay(true));
    connection.#client.connect({ host: '127.0.0.1', port: gitpod.sshPort, username: id, password: ownerToken });
    await once(connection.#client, 'ready');
    return connection;
  }

  /** A `direct-tcpip` channel. */
  forward(port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      this.#client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, channel) =>
        error ? reject(error) : resolve(channel),
      );
    });
  }

  /** TLS to the backend inside a channel. The certificate is for the caller to pin. */
  async openTls(port: number): Promise<TLSSocket> {
    const socket = tlsConnect({ socket: await this.forward(port), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#client.on('close', () => resolve()));
    this.#client.end();
    await closed;
  }
}
