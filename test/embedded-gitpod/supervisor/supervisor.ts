import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { RecordEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { generateSshKeyPair } from '../ssh-wire/keyPair.ts';
import type { WorkspaceRuntime } from '../workspace/workspaceRuntime.ts';
import { controlImplementation, controlService, type SshKeyPairAnswer } from './controlService.ts';
import type { TunnelPortRequest } from './tunnelPortRequest.ts';
import { serveTunnels } from './tunnelServer.ts';
import { TunnelTable } from './tunnelTable.ts';

/** The ports that have a tunnel from the start: the supervisor's own API and the workspace's SSH server. */
const apiPort = 22_999;
const sshPort = 23_001;

export interface SupervisorOptions {
  readonly workspace: EmbeddedWorkspace;
  readonly runtime: WorkspaceRuntime;
  readonly faults: Faults;
  readonly record: RecordEvent;
}

/** The process that looks after a workspace from inside (gitpod-wire §5): its tunnels and its control service. */
export class Supervisor implements Disposable {
  readonly #options: SupervisorOptions;
  readonly #tunnels = new TunnelTable([apiPort, sshPort]);
  readonly #grpc = new Server();
  #keyPair: Promise<string> | undefined;
  #apiPort: Promise<number> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#grpc.addService(
      controlService,
      controlImplementation(() => this.createSshKeyPair()),
    );
  }

  /** Serves a client of `/_supervisor/tunnel`. */
  serve(stream: Duplex): void {
    void serveTunnels(stream, (request) => this.#dial(request));
  }

  /** Serves a client of its own `/_supervisor/tunnel/ssh`: the bytes are those of the workspace's SSH server. */
  serveSsh(stream: Duplex): void {
    this.#connect(sshPort).then(
      (socket) => {
        stream.pipe(socket).pipe(stream);
        socket.on('error', () => stream.destroy()).once('close', () => stream.destroy());
        stream.on('error', () => socket.destroy()).once('close', () => socket.destroy());
      },
      () => stream.destroy(),
    );
  }

  [Symbol.dispose](): void {
    this.#grpc.forceShutdown();
  }

  async #dial(request: TunnelPortRequest): Promise<Duplex> {
    const { workspace, record } = this.#options;
    const opened = (outcome: 'opened' | 'refused') =>
      record({ kind: 'tunnel-channel', workspaceId: workspace.id, port: request.port, outcome });
    try {
      const leave = this.#tunnels.enter(request);
      const target = await this.#connect(request.port).catch((error: Error) => {
        leave();
        throw error;
      });
      target.once('close', leave);
      opened('opened');
      return target;
    } catch (error) {
      opened('refused');
      throw error;
    }
  }

  async #connect(port: number): Promise<Duplex> {
    const { workspace, runtime } = this.#options;
    if (port === sshPort && workspace.upstream === 'down') {
      throw new Error(`dial tcp 127.0.0.1:${port}: connect: connection refused`);
    }
    const socket = port === apiPort ? await this.#connectApi() : (await runtime.connectSsh()).socket;
    await once(socket, 'connect');
    return socket;
  }

  async #connectApi(): Promise<Socket> {
    this.#apiPort ??= new Promise((resolve, reject) => {
      this.#grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return connect({ port: await this.#apiPort, host: '127.0.0.1', noDelay: true });
  }

  /** CreateSSHKeyPair: made once in the life of the workspace; never settles where the supervisor hangs. */
  async createSshKeyPair(): Promise<SshKeyPairAnswer> {
    const { workspace, runtime } = this.#options;
    if (workspace.upstream === 'hang') return new Promise(() => undefined);
    this.#keyPair ??= this.#makeKeyPair();
    const privateKey = await this.#keyPair;
    return { privateKey, hostKey: await this.#hostKey(runtime), userName: 'gitpod' };
  }

  async #makeKeyPair(): Promise<string> {
    const keyPair = await generateSshKeyPair('ed25519');
    await this.#options.runtime.authorizeKey(keyPair);
    return keyPair.privateKeyText;
  }

  async #hostKey(runtime: WorkspaceRuntime): Promise<SshKeyPairAnswer['hostKey']> {
    switch (this.#options.faults.supervisorHostKey) {
      case 'right': {
        const { type, blob } = await runtime.sshHostKey();
        return { type, value: blob.toString('base64') };
      }
      case 'other': {
        const { type, blob } = await generateSshKeyPair('ed25519');
        return { type, value: blob.toString('base64') };
      }
      case 'none':
        return undefined;
    }
  }
}
