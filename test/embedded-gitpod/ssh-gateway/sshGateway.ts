import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { generateSshKeyPair, type SshKeyPair } from '../ssh-wire/keyPair.ts';
import type { SshStream } from '../ssh-wire/sshTransport.ts';
import type { Admitted } from './authentication.ts';
import { ClientConnection, type ClientConnectionOptions } from './clientConnection.ts';

/** The keys of the SSH gateway. */
export interface SshGatewayKeys {
  /** Presented, and listed by `/_ssh/host_keys`, in this order. */
  readonly listed: SshKeyPair[];
  /** Presented instead while `presentedHostKeyNotListed` is on. */
  readonly unlisted: SshKeyPair;
}

/** Makes ed25519, RSA and ECDSA keys, and the one that is not listed. */
export async function generateSshGatewayKeys(): Promise<SshGatewayKeys> {
  const [ed25519, rsa, ecdsa, unlisted] = await Promise.all([
    generateSshKeyPair('ed25519'),
    generateSshKeyPair('rsa'),
    generateSshKeyPair('ecdsa'),
    generateSshKeyPair('ed25519'),
  ]);
  return { listed: [ed25519, rsa, ecdsa], unlisted };
}

/** The SSH gateway's listener: TCP on loopback, one {@link ClientConnection} each. */
export class SshGateway implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #keys: SshGatewayKeys;
  readonly #options: ClientConnectionOptions;
  readonly #sockets = new Set<Socket>();

  static async listen(keys: SshGatewayKeys, options: ClientConnectionOptions): Promise<SshGateway> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new SshGateway(server, keys, options);
  }

  private constructor(server: Server, keys: SshGatewayKeys, options: ClientConnectionOptions) {
    this.#server = server;
    this.#keys = keys;
    this.#options = options;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      this.#accept(socket);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Serves a client that comes through a WebSocket, whose host has named the workspace and whose header the owner token. */
  serveTunnel(stream: SshStream, tunnel: Admitted): void {
    const { stallTunnel } = this.#options.faults;
    if (stallTunnel !== undefined) {
      if (stallTunnel === 'after-identification') stream.write('SSH-2.0-GITPOD-GATEWAY\r\n');
      return void stream.on('error', () => undefined).resume();
    }
    new ClientConnection(stream, this.#presentedKeys(), this.#options, tunnel);
  }

  #accept(socket: Socket): void {
    const { faults } = this.#options;
    if (faults.refuseSsh || faults.sshGatewayOff) return void socket.resetAndDestroy();
    if (faults.stallSsh) return void socket.on('error', () => socket.destroy()).resume();
    new ClientConnection(socket, this.#presentedKeys(), this.#options);
  }

  #presentedKeys(): readonly SshKeyPair[] {
    return this.#options.faults.presentedHostKeyNotListed ? [this.#keys.unlisted] : this.#keys.listed;
  }
}
