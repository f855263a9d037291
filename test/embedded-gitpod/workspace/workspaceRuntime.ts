import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { RecordEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import type { SshKeyPair } from '../ssh-wire/keyPair.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { Backend } from './backend.ts';
import { processMark } from './processEnvironment.ts';
import { ProcessGroups } from './processGroups.ts';
import { WorkspaceSshServer } from './sshServer.ts';

export interface WorkspaceRuntimeOptions {
  readonly workspace: EmbeddedWorkspace;
  /** Where the workspace's home directory is made. */
  readonly directory: string;
  readonly faults: Faults;
  readonly record: RecordEvent;
}

/** What runs inside one workspace. Each part starts when it is first needed, so that a thousand idle workspaces cost nothing. */
export class WorkspaceRuntime implements AsyncDisposable {
  readonly backend: Backend;
  readonly supervisor: Supervisor;
  readonly #options: WorkspaceRuntimeOptions;
  readonly #processes: ProcessGroups;
  #starting: Promise<WorkspaceSshServer> | undefined;
  #server: WorkspaceSshServer | undefined;
  #home: string | undefined;

  constructor(options: WorkspaceRuntimeOptions) {
    this.#options = options;
    this.#processes = new ProcessGroups(processMark(options.workspace));
    this.backend = new Backend(options.workspace, options.record);
    const { workspace, faults, record } = options;
    this.supervisor = new Supervisor({ workspace, runtime: this, faults, record });
  }

  /** A TCP connection to the workspace's SSH server, and the credential that it takes. */
  async connectSsh(): Promise<{ readonly socket: Socket; readonly user: string; readonly password: string }> {
    const { port, user, password } = await this.#sshServer();
    return { socket: connect({ port, host: '127.0.0.1', noDelay: true }), user, password };
  }

  /** The SSH server's own key. */
  async sshHostKey(): Promise<SshKeyPair> {
    return (await this.#sshServer()).hostKey;
  }

  /** Lets a key into the SSH server. */
  async authorizeKey(key: SshKeyPair): Promise<void> {
    (await this.#sshServer()).authorizeKey(key);
  }

  /** Cuts the connections to this workspace. */
  dropConnections(): void {
    this.#server?.dropConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.supervisor[Symbol.dispose]();
    await (await this.#starting)?.[Symbol.asyncDispose]();
    if (this.#server) await this.#processes[Symbol.asyncDispose]();
    await this.backend[Symbol.asyncDispose]();
    if (this.#home !== undefined) await rm(this.#home, { recursive: true, force: true });
  }

  #sshServer(): Promise<WorkspaceSshServer> {
    this.#starting ??= this.#startSshServer();
    return this.#starting;
  }

  async #startSshServer(): Promise<WorkspaceSshServer> {
    const { workspace, directory, record } = this.#options;
    this.#home = await mkdtemp(join(directory, `${workspace.id}-`));
    const { backend } = this;
    this.#server = await WorkspaceSshServer.listen({
      workspace,
      home: this.#home,
      processes: this.#processes,
      record,
      backend,
    });
    return this.#server;
  }
}
