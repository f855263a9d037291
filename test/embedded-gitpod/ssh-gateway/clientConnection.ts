import type { RecordEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { Directory } from '../model/directory.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { hostKeyTable } from '../ssh-wire/hostKeyTable.ts';
import type { SshKeyPair } from '../ssh-wire/keyPair.ts';
import { FIRST_CONNECTION_MESSAGE, MSG } from '../ssh-wire/messages.ts';
import { SshReader } from '../ssh-wire/sshReader.ts';
import { type SshStream, SshTransport } from '../ssh-wire/sshTransport.ts';
import { sshMessage } from '../ssh-wire/sshWriter.ts';
import type { WorkspaceRuntime } from '../workspace/workspaceRuntime.ts';
import { sshGatewayAlgorithms, sshGatewayExtInfo } from './algorithms.ts';
import { type Admitted, Authentication } from './authentication.ts';
import { Relay } from './relay.ts';
import { connectUpstream } from './upstream.ts';

export interface ClientConnectionOptions {
  readonly directory: Directory;
  readonly faults: Faults;
  readonly record: RecordEvent;
  readonly runtimeOf: (workspace: EmbeddedWorkspace) => WorkspaceRuntime;
  /** How long the supervisor may take to hand out an upstream key. */
  readonly supervisorTimeoutMs: number;
}

/** A client of the SSH gateway from its identification string to the end. */
export class ClientConnection {
  readonly #options: ClientConnectionOptions;
  readonly #transport: SshTransport;
  readonly #tunnel: Admitted | undefined;
  #authentication: Authentication | undefined;
  #workspace: EmbeddedWorkspace | undefined;
  #upstream: SshTransport | undefined;
  #relay: Relay | undefined;
  /** What the client sent before the workspace's SSH server was there. */
  #waiting: Buffer[] = [];
  #supervisorTimer: NodeJS.Timeout | undefined;

  /** @param tunnel the workspace that the WebSocket's host names, for a client that comes through one */
  constructor(
    socket: SshStream,
    hostKeys: readonly SshKeyPair[],
    options: ClientConnectionOptions,
    tunnel: Admitted | undefined = undefined,
  ) {
    this.#options = options;
    this.#tunnel = tunnel;
    const table = hostKeyTable(hostKeys);
    this.#transport = new SshTransport(socket, {
      ident: 'GITPOD-GATEWAY',
      hostKeys: table,
      algorithms: {
        ...sshGatewayAlgorithms,
        serverHostKey: sshGatewayAlgorithms.serverHostKey.filter((name) => name in table),
      },
      extInfo: sshGatewayExtInfo,
      onReady: () => {
        this.#authentication ??= this.#createAuthentication();
      },
      onMessage: (payload) => this.#receive(payload),
      onDisconnect: () => this.#transport.close(),
      onClosed: () => this.#closed(),
    });
  }

  #createAuthentication(): Authentication {
    return new Authentication({
      directory: this.#options.directory,
      faults: this.#options.faults,
      tunnel: this.#tunnel,
      record: this.#options.record,
      sessionId: this.#transport.sessionId,
      send: (payload) => this.#transport.send(payload),
      close: () => this.#transport.close(),
      closeDenied: () => {
        if (this.#options.faults.resetOnDenial) this.#transport.reset();
        else this.#transport.close();
      },
      onAdmitted: (admitted) => this.#admit(admitted),
    });
  }

  #receive(payload: Buffer): void {
    const number = payload[0] ?? 0;
    if (number >= FIRST_CONNECTION_MESSAGE) this.#receiveConnectionMessage(payload);
    else if (number === MSG.SERVICE_REQUEST) this.#acceptService(payload);
    else if (number === MSG.USERAUTH_REQUEST && !this.#workspace) this.#authentication?.handle(payload);
  }

  #acceptService(payload: Buffer): void {
    const service = new SshReader(payload, 1).text();
    if (service !== 'ssh-userauth') {
      this.#transport.close();
      return;
    }
    this.#transport.send(sshMessage(MSG.SERVICE_ACCEPT, service));
  }

  #receiveConnectionMessage(payload: Buffer): void {
    if (!this.#workspace) {
      this.#transport.close();
      return;
    }
    if (this.#relay) this.#relay.fromClient(payload);
    else this.#waiting.push(Buffer.from(payload));
  }

  /** The client has its SUCCESS; whatever goes wrong from here on, it only sees the connection end (gitpod-wire §4.5). */
  #admit({ workspace, debug }: Admitted): void {
    this.#workspace = workspace;
    const served = workspace.served(debug);
    // Without a debug workspace its SSH port refuses. Without a supervisor there is no key for the way on.
    if (served === undefined || this.#options.faults.supervisorDown) {
      this.#transport.close();
      return;
    }
    if (served.upstream === 'hang') {
      this.#supervisorTimer = setTimeout(() => this.#transport.close(), this.#options.supervisorTimeoutMs);
      return;
    }
    this.#connectUpstream(served).catch(() => this.#transport.close());
  }

  async #connectUpstream(workspace: EmbeddedWorkspace): Promise<void> {
    const upstream = connectUpstream({
      ...(await this.#options.runtimeOf(workspace).connectSsh()),
      onReady: () => this.#startRelay(upstream),
      onMessage: (payload) => this.#relay?.fromUpstream(payload),
      onClosed: () => this.#transport.close(),
    });
    this.#upstream = upstream;
    if (!this.#transport.isOpen) upstream.close();
  }

  #startRelay(upstream: SshTransport): void {
    this.#relay = new Relay(this.#transport, upstream, this.#options.faults);
    for (const payload of this.#waiting.splice(0)) this.#relay.fromClient(payload);
  }

  #closed(): void {
    clearTimeout(this.#supervisorTimer);
    this.#relay?.stop();
    this.#upstream?.close();
    this.#options.record({ kind: 'ssh-closed', workspaceId: this.#workspace?.id });
  }
}
