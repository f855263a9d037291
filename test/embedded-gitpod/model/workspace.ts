import { newOwnerToken, newUuid } from './ids.ts';
import { hasPod, type WorkspacePhase } from './phase.ts';
import type { EmbeddedUser } from './user.ts';
import type { Admission, BackendState, UpstreamState, WorkspaceOptions } from './workspaceOptions.ts';

/** Where a workspace is reached: the cluster's host names and what the outside needs to be told about a change. */
export interface WorkspaceSite {
  /** `ws-eu1.<domain>:<https port>` */
  readonly clusterHost: string;
  backendFingerprint(workspace: EmbeddedWorkspace): Promise<string>;
  phaseChanged(workspace: EmbeddedWorkspace): void;
  dropConnections(workspace: EmbeddedWorkspace): void;
  restartBackend(workspace: EmbeddedWorkspace): void;
}

/** How long a start stays in each phase. */
const startStepMs = 100;

/** A workspace and its latest instance; its states can be set while everything runs. */
export class EmbeddedWorkspace {
  readonly options: WorkspaceOptions;
  readonly owner: EmbeddedUser;
  readonly id: string;
  /** The port of the JetBrains backend on the workspace's own loopback, which only its SSH server reaches. */
  readonly backendPort: number;
  upstream: UpstreamState;
  backend: BackendState;
  admission: Admission;
  /** Why the instance failed, as `conditions.failed` tells it; empty when it did not. Told with the next phase. */
  failedCondition = '';
  /** As `conditions.timeout` tells it; empty when it did not time out. Told with the next phase. */
  timeoutCondition = '';
  /** As `conditions.stoppedByRequest` tells it. Told with the next phase. */
  stoppedByRequest = false;
  /** The debug workspace inside it; undefined when none was started. */
  debugWorkspace: EmbeddedWorkspace | undefined;
  readonly #site: WorkspaceSite;
  #phase: WorkspacePhase;
  #instanceId = newUuid();
  #wasStarted: boolean;
  #ownerToken = newOwnerToken();

  constructor(options: WorkspaceOptions, owner: EmbeddedUser, site: WorkspaceSite) {
    this.options = options;
    this.owner = owner;
    this.id = options.id;
    this.backendPort = options.backendPort;
    this.upstream = options.upstream;
    this.backend = options.backend;
    this.admission = options.admission;
    this.#site = site;
    this.#phase = options.phase;
    this.#wasStarted = !options.neverStarted;
  }

  /** `<id>.ws-eu1.<domain>:<https port>` */
  get host(): string {
    return `${this.id}.${this.#site.clusterHost}`;
  }

  get ideUrl(): string {
    return `https://${this.host}`;
  }

  /** `<id>.ssh.ws-eu1.<domain>`, without a port: the SSH gateway's is `sshPort` of the embedded Gitpod. */
  get sshHost(): string {
    return `${this.id}.ssh.${this.#site.clusterHost.replace(/:\d+$/, '')}`;
  }

  get ownerToken(): string {
    return this.#ownerToken;
  }

  /** Another one after each start. */
  get instanceId(): string {
    return this.#instanceId;
  }

  /** Whether there is an instance. */
  get wasStarted(): boolean {
    return this.#wasStarted;
  }

  get phase(): WorkspacePhase {
    return this.#phase;
  }

  /** Pushes `onInstanceUpdate` to the owner's connections. */
  set phase(phase: WorkspacePhase) {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#site.phaseChanged(this);
  }

  /** Starts another instance, unless there is one that is not stopped; it goes through the phases of `startPhases`. */
  start(): void {
    if (this.#wasStarted && this.#phase !== 'stopped') return;
    this.#wasStarted = true;
    this.#instanceId = newUuid();
    this.failedCondition = '';
    this.timeoutCondition = '';
    this.stoppedByRequest = false;
    this.rotateOwnerToken();
    this.#goThrough(this.options.startPhases);
  }

  /** Stops the instance, if there is one that is not stopped; its pod goes away with every connection. */
  stop(): void {
    if (!this.#wasStarted || this.#phase === 'stopping' || this.#phase === 'stopped') return;
    this.stoppedByRequest = true;
    this.#goThrough(['stopping', 'stopped']);
    this.dropConnections();
  }

  /** Stops where it is when something else sets the phase. */
  #goThrough([next, ...rest]: readonly WorkspacePhase[]): void {
    if (next === undefined) return;
    this.phase = next;
    const instanceId = this.#instanceId;
    const goOn = () => {
      if (this.#instanceId === instanceId && this.#phase === next) this.#goThrough(rest);
    };
    setTimeout(goOn, startStepMs).unref();
  }

  /** What answers under a host name of this workspace; undefined when that is the debug one and there is none. */
  served(debug: boolean): EmbeddedWorkspace | undefined {
    return debug ? this.debugWorkspace : this;
  }

  /** Starts a debug workspace: a whole other one in the same pod, with its own SSH server, supervisor and backend. */
  startDebugWorkspace(): EmbeddedWorkspace {
    this.debugWorkspace ??= new EmbeddedWorkspace(
      { ...this.options, id: `debug-${this.id}`, backendPort: this.backendPort + 1 },
      this.owner,
      this.#site,
    );
    return this.debugWorkspace;
  }

  /** Whether the workspace proxy knows the workspace. */
  get hasPod(): boolean {
    return this.#wasStarted && hasPod(this.#phase);
  }

  /** SHA-256 of the backend's certificate, upper-case hex without colons: the join link's `fp`. */
  get joinLinkFingerprint(): Promise<string> {
    return this.#site.backendFingerprint(this);
  }

  /** Replaces the owner token: the old one is worth nothing at once. */
  rotateOwnerToken(): void {
    this.#ownerToken = newOwnerToken();
  }

  /** Cuts every SSH connection to this workspace, as when its pod goes away. */
  dropConnections(): void {
    this.#site.dropConnections(this);
  }

  /** Replaces the JetBrains backend's process by another one. */
  restartBackend(): void {
    this.#site.restartBackend(this);
  }
}
