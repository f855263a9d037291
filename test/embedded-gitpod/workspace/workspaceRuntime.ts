import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { RecordEvent } from '../events.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { Backend } from './backend.ts';
import { processMark } from './processEnvironment.ts';
import { ProcessGroups } from './processGroups.ts';
import { WorkspaceSshServer } from './sshServer.ts';

export interface WorkspaceRuntimeOptions {
  readonly workspace: EmbeddedWorkspace;
  /** Where the workspace's home directory is made. */
  readonly directory: string;
  readonly record: RecordEvent;
}

/** What runs inside one workspace. Each part starts when it is first needed, so that a thousand idle workspaces cost nothing. */
export class WorkspaceRuntime implements AsyncDisposable {
  readonly backend: Backend;
  readonly #options: WorkspaceRuntimeOptions;
  readonly #processes: ProcessGroups;
  #starting: Promise<WorkspaceSshServer> | undefined;
  #server: WorkspaceSshServer | undefined;
  #home: string | undefined;

  constructor(options: WorkspaceRuntimeOptions) {
    this.#options = options;
    this.#processes = new ProcessGroups(processMark(options.workspace));
    this.backend = new Backend(options.workspace, options.record);
  }

  /** A TCP connection to the workspace's SSH server, and the credential that it takes. */
  async connectSsh(): Promise<{ readonly socket: Socket; readonly user: string; readonly password: string }> {
    this.#starting ??= this.#startSshServer();
    const { port, user, password } = await this.#starting;
    return { socket: connect({ port, host: '127.0.0.1', noDelay: true }), user, password };
  }

  /** Cuts the SSH gateway's connections to this workspace. */
  dropConnections(): void {
    this.#server?.dropConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#starting)?.[Symbol.asyncDispose]();
    if (this.#server) await this.#processes[Symbol.asyncDispose]();
    await this.backend[Symbol.asyncDispose]();
    if (this.#home !== undefined) await rm(this.#home, { recursive: true, force: true });
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
