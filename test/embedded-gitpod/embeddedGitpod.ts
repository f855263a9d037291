import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlPlane } from './control-plane/controlPlane.ts';
import { defaultCallsPerMinute, RateLimiter } from './control-plane/rateLimiter.ts';
import type { GitpodEvent, RecordEvent } from './events.ts';
import { type Faults, noFaults } from './faults.ts';
import { HttpsServer } from './https/httpsServer.ts';
import { WorkspaceTunnel } from './https/workspaceTunnel.ts';
import { Directory } from './model/directory.ts';
import type { EmbeddedUser } from './model/user.ts';
import { EmbeddedWorkspace } from './model/workspace.ts';
import { type WorkspaceOptions, withDefaults } from './model/workspaceOptions.ts';
import { OAuthServer } from './oauth/oauthServer.ts';
import { PublicApi } from './public-api/publicApi.ts';
import { generateSshGatewayKeys, SshGateway, type SshGatewayKeys } from './ssh-gateway/sshGateway.ts';
import { generateSshKeyPair } from './ssh-wire/keyPair.ts';
import { SshTransport } from './ssh-wire/sshTransport.ts';
import { CertificateAuthority, createSelfSigned } from './tls/certificates.ts';
import { Launcher } from './workspace/launcher.ts';
import { WorkspaceRuntimes } from './workspace/workspaceRuntimes.ts';

export type { GitpodEvent } from './events.ts';
export type { Faults } from './faults.ts';
export type { WorkspacePhase } from './model/phase.ts';
export type { SshPublicKey } from './model/sshPublicKey.ts';
export type { EmbeddedUser } from './model/user.ts';
export type { EmbeddedWorkspace } from './model/workspace.ts';
export type { Admission, BackendState, UpstreamState, WorkspaceOptions } from './model/workspaceOptions.ts';

export interface EmbeddedGitpodOptions {
  /** The installation's host name; `gitpod.test` unless given. */
  readonly domain?: string;
  /** How often the control plane pings its WebSockets; 30 s unless given. */
  readonly pingIntervalMs?: number;
  /** How many calls the control plane takes of a user in a minute; 200 unless given. */
  readonly callsPerMinute?: number;
  /** How often the workspace proxy pings the WebSockets that carry SSH; 13.5 s unless given. */
  readonly tunnelPingIntervalMs?: number;
  /** How long the SSH gateway waits for a supervisor that hangs; 5 s unless given. */
  readonly supervisorTimeoutMs?: number;
}

/** The cluster that every workspace is in, unless another one is given. */
const cluster = 'ws-eu1';

const defaultPingIntervalMs = 30_000;
const defaultTunnelPingIntervalMs = 13_500;
const defaultSupervisorTimeoutMs = 5_000;

interface Parts {
  readonly domain: string;
  readonly caFile: string;
  readonly faults: Faults;
  readonly events: readonly GitpodEvent[];
  readonly directory: Directory;
  readonly runtimes: WorkspaceRuntimes;
  readonly controlPlane: ControlPlane;
  readonly publicApi: PublicApi;
  readonly oauth: OAuthServer;
  readonly https: HttpsServer;
  readonly sshGateway: SshGateway;
  readonly sshGatewayKeys: SshGatewayKeys;
  readonly create: (owner: EmbeddedUser, options: Partial<WorkspaceOptions>) => EmbeddedWorkspace;
}

/**
 * A real implementation of Gitpod's interfaces in this process, on loopback ports that it chooses: control plane, workspace
 * hosts, SSH gateway and what runs in the workspaces. Dispose it to close and remove everything.
 */
export class EmbeddedGitpod implements AsyncDisposable {
  readonly #parts: Parts;
  readonly #resources: AsyncDisposableStack;

  static async start(options: EmbeddedGitpodOptions = {}): Promise<EmbeddedGitpod> {
    await using resources = new AsyncDisposableStack();
    const parts = await startParts(options, resources);
    return new EmbeddedGitpod(parts, resources.move());
  }

  private constructor(parts: Parts, resources: AsyncDisposableStack) {
    this.#parts = parts;
    this.#resources = resources;
  }

  /** `<domain>:<https port>`: what a client is given as the Gitpod host. */
  get host(): string {
    return `${this.#parts.domain}:${this.httpsPort}`;
  }

  get origin(): string {
    return `https://${this.host}`;
  }

  /** The certificate authority's root as a PEM file; removed on dispose. */
  get caFile(): string {
    return this.#parts.caFile;
  }

  get httpsPort(): number {
    return this.#parts.https.port;
  }

  get sshPort(): number {
    return this.#parts.sshGateway.port;
  }

  /** A pattern list as in ssh_config(5) PATTERNS, `=`, and the address of the hosts it matches. */
  get resolve(): string {
    const { domain } = this.#parts;
    return `${domain},*.${domain}=127.0.0.1`;
  }

  /** What `/_ssh/host_keys` lists. */
  get sshHostKeys(): readonly { readonly type: string; readonly blob: Buffer }[] {
    return this.#parts.sshGatewayKeys.listed.map(({ type, blob }) => ({ type, blob }));
  }

  get faults(): Faults {
    return this.#parts.faults;
  }

  /** What clients did so far, oldest first. */
  get events(): readonly GitpodEvent[] {
    return this.#parts.events;
  }

  addUser({ name }: { readonly name: string }): EmbeddedUser {
    return this.#parts.directory.addUser(name);
  }

  addWorkspace(owner: EmbeddedUser, options: Partial<WorkspaceOptions> = {}): EmbeddedWorkspace {
    return this.#parts.create(owner, options);
  }

  /** Makes every OAuth code that was given out worth nothing, as the end of its 15 minutes does. */
  expireOAuthCodes(): void {
    this.#parts.oauth.expireCodes();
  }

  /** Cuts every WebSocket of the control plane, as when the server restarts. */
  dropApiConnections(): void {
    this.#parts.controlPlane.dropConnections();
    this.#parts.publicApi.dropConnections();
  }

  /** New TLS connections get a certificate that nobody trusts, as from a network that looks inside them. */
  async interceptTls(): Promise<void> {
    this.#parts.https.present(await createSelfSigned('another network'));
  }

  /** New TLS connections get the right certificate again. */
  stopInterceptingTls(): void {
    this.#parts.https.present();
  }

  /** The SSH gateway has another ed25519 host key, the first one of its list, and nothing of the one before. */
  async rotateHostKey(): Promise<void> {
    this.#parts.sshGatewayKeys.listed[0] = await generateSshKeyPair('ed25519');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** Starts everything; what was started is in `resources`, in order. */
async function startParts(options: EmbeddedGitpodOptions, resources: AsyncDisposableStack): Promise<Parts> {
  const domain = options.domain ?? 'gitpod.test';
  const clusterDomain = `${cluster}.${domain}`;
  const faults = noFaults();
  const directory = new Directory();
  const events: GitpodEvent[] = [];
  const record: RecordEvent = (event) => events.push(event);

  const authority = await CertificateAuthority.create();
  const [sshGatewayKeys] = await Promise.all([generateSshGatewayKeys(), SshTransport.prepare()]);
  const temporaryDirectory = await mkdtemp(join(tmpdir(), 'embedded-gitpod-'));
  resources.defer(() => rm(temporaryDirectory, { recursive: true, force: true }));
  const caFile = join(temporaryDirectory, 'ca.pem');
  await writeFile(caFile, authority.certificate);

  const oauth = new OAuthServer({ directory, faults });
  const runtimes = resources.use(new WorkspaceRuntimes({ directory: temporaryDirectory, faults, record }));
  const { pingIntervalMs = defaultPingIntervalMs, callsPerMinute = defaultCallsPerMinute } = options;
  const create = (owner: EmbeddedUser, given: Partial<WorkspaceOptions>): EmbeddedWorkspace => {
    const options = withDefaults(given);
    const workspace = new EmbeddedWorkspace(options, owner, {
      clusterHost: `${options.cluster}.${domain}:${https.port}`,
      backendFingerprint: (owning) => runtimes.of(owning).backend.fingerprint(),
      phaseChanged: (changed) => {
        controlPlane.pushInstanceUpdate(changed);
        publicApi.pushStatus(changed);
      },
      dropConnections: (dropped) => runtimes.dropConnections(dropped),
      restartBackend: (restarted) => runtimes.of(restarted).backend.restart(),
    });
    directory.addWorkspace(workspace);
    return workspace;
  };
  const rateLimiter = new RateLimiter(callsPerMinute);
  const publicApi = new PublicApi({ directory, rateLimiter, faults, record, create });
  const controlPlane = new ControlPlane({
    hostname: domain,
    create,
    directory,
    faults,
    record,
    pingIntervalMs,
    rateLimiter,
  });
  const sshGateway = resources.use(
    await SshGateway.listen(sshGatewayKeys, {
      directory,
      faults,
      record,
      runtimeOf: (workspace) => runtimes.of(workspace),
      supervisorTimeoutMs: options.supervisorTimeoutMs ?? defaultSupervisorTimeoutMs,
    }),
  );
  const identity = await authority.issue([domain, `*.${domain}`, `*.${clusterDomain}`, `*.ssh.${clusterDomain}`]);
  const supervisorOf = (workspace: EmbeddedWorkspace) => runtimes.of(workspace).supervisor;
  const bothTunnels = {
    hostname: domain,
    directory,
    pingIntervalMs: options.tunnelPingIntervalMs ?? defaultTunnelPingIntervalMs,
  };
  const https = resources.use(
    await HttpsServer.listen(identity, (port) => ({
      origin: `https://${domain}:${port}`,
      domain,
      clusterDomain,
      directory,
      controlPlane,
      publicApi,
      tunnels: [
        new WorkspaceTunnel({
          ...bothTunnels,
          origin: `https://${domain}:${port}`,
          paths: ['/_supervisor/tunnel/ssh', '/_ssh/tunnel'],
          record: (workspaceId, status) => record({ kind: 'ssh-tunnel', workspaceId, status }),
          refusedWith: () => faults.tunnelUpgradeStatus,
          serve: (stream, target) =>
            faults.sshGatewayOff
              ? supervisorOf(target.workspace.served(target.debug) ?? target.workspace).serveSsh(stream)
              : sshGateway.serveTunnel(stream, target),
        }),
        new WorkspaceTunnel({
          ...bothTunnels,
          origin: `https://${domain}:${port}`,
          paths: ['/_supervisor/tunnel'],
          record: (workspaceId, status) => record({ kind: 'supervisor-tunnel', workspaceId, status }),
          refusedWith: ({ workspace, debug }) =>
            faults.supervisorDown || (debug && workspace?.debugWorkspace === undefined) ? 502 : undefined,
          serve: (stream, { workspace, debug }) => supervisorOf(workspace.served(debug) ?? workspace).serve(stream),
        }),
      ],
      supervisorOf,
      oauth,
      launcher: new Launcher((workspace) => runtimes.of(workspace).backend),
      sshHostKeys: sshGatewayKeys.listed,
      faults,
      record,
    })),
  );
  resources.defer(() => {
    controlPlane.dropConnections();
    publicApi.dropConnections();
  });
  return {
    domain,
    caFile,
    faults,
    events,
    directory,
    runtimes,
    controlPlane,
    publicApi,
    oauth,
    https,
    sshGateway,
    sshGatewayKeys,
    create,
  };
}
