import type { Installation } from '../account/installation.ts';
import { networkFailure } from '../account/networkFailure.ts';
import type { WorkspaceRecord } from '../account/records.ts';
import type { Core } from '../connection/core.ts';
import { fetchHostKeys } from '../connection/hostKeys.ts';
import { type KeyReport, type RegisteredKeys, readRegisteredKeys, reportKeys } from '../connection/keyReport.ts';
import type { ManagedConfiguration } from '../connection/openSsh/managedConfiguration.ts';
import type { Plan } from '../connection/plan.ts';
import { planWorkspace } from '../connection/planWorkspace.ts';
import { type WorkspaceAddress, workspaceAddress } from '../connection/workspaceAddress.ts';
import { Failure } from '../failures.ts';
import { Deadline, raceSignal } from '../platform/deadline.ts';
import type { TlsInspection } from '../platform/network/inspectTls.ts';
import type { HostKey } from '../ssh/hostkeys/hostKey.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';

/** What is examined. */
export interface Subject {
  readonly core: Core;
  readonly installation: Installation;
  /** Undefined without a workspace: only what it takes to reach any is checked then. */
  readonly ref: WorkspaceRef | undefined;
  /** Why the settings that were given cannot be used; then it goes on without proxy, overrides and further certificates. */
  readonly settingsFailure: Failure | undefined;
  /** Why there is no credential to work with, when one was to be had. */
  readonly credentialFailure: Failure | undefined;
  /** What OpenSSH is to see of the workspaces. */
  readonly managed: ManagedConfiguration;
  readonly signal: AbortSignal;
}

const workspacesLookedAt = 20;

/** What can be told without the installation is not kept waiting for it longer than this. */
const patienceMs = 8_000;

/** The subject, and the facts that several checks need, each found out once. */
export class Examination {
  readonly subject: Subject;
  readonly #facts = new Map<string, Promise<unknown>>();

  constructor(subject: Subject) {
    this.subject = subject;
  }

  /** What the installation shows when TLS begins. @throws ProxyError, or Node's own error. */
  tls(): Promise<TlsInspection> {
    const { core, signal } = this.subject;
    const { hostname, port } = this.origin;
    return this.fact('tls', () => core.context.network.inspectTls(hostname, port, signal));
  }

  /** The name and port of the installation. */
  get origin(): { readonly hostname: string; readonly port: number } {
    const { hostname, port } = new URL(this.subject.installation.origin);
    return { hostname, port: port === '' ? 443 : Number(port) };
  }

  /** The workspace that was named. @throws Failure; Error without one. */
  workspace(): Promise<WorkspaceRecord> {
    const { core, installation, ref, signal } = this.subject;
    if (ref === undefined) throw new Error('there is no workspace to look at');
    return this.fact('workspace', () =>
      core.context.accounts.controlPlane(installation).getWorkspace(ref.workspaceId, signal),
    );
  }

  /** Where the workspace is reached, or else any that runs: all of a cluster share an SSH gateway. Undefined when none does. */
  address(): Promise<WorkspaceAddress | undefined> {
    return this.fact('address', async () => {
      const { core, installation, ref, signal } = this.subject;
      const controlPlane = core.context.accounts.controlPlane(installation);
      const records =
        ref === undefined ? await controlPlane.listWorkspaces(workspacesLookedAt, signal) : [await this.workspace()];
      const running = records.find(({ instance }) => instance?.phase === 'running');
      if (running === undefined) return undefined;
      const { id: workspaceId } = running;
      return workspaceAddress(
        { installation, workspaceId, debug: ref?.debug ?? false },
        running.instance?.ideUrl ?? '',
      );
    });
  }

  /** What the installation publishes for the SSH gateway. @throws Failure HOST_KEYS_UNAVAILABLE, … */
  hostKeys(address: WorkspaceAddress): Promise<readonly HostKey[]> {
    const { core, signal } = this.subject;
    return this.fact('host-keys', () => fetchHostKeys(address.origin, core.context.network, signal));
  }

  /** Every key of this machine and, where they can be read, of the account. @throws Failure SSH_CONFIG_INVALID, … */
  keys(): Promise<KeyReport> {
    return this.fact('keys', async () => {
      const { core, installation, signal } = this.subject;
      const { openSsh } = core.context;
      const address = await this.addressIfKnown();
      const destination =
        address === undefined ? { host: installation.hostname } : { host: address.sshHost, user: address.sshUser };
      return reportKeys(destination, this.#registeredKeys(), openSsh, signal);
    });
  }

  /** Keys and configuration can be told of without an installation, too. */
  async addressIfKnown(): Promise<WorkspaceAddress | undefined> {
    using deadline = new Deadline('the list of workspaces', patienceMs, this.subject.signal);
    return raceSignal(this.address(), deadline.signal).catch(() => undefined);
  }

  async #registeredKeys(): Promise<RegisteredKeys> {
    const { core, installation, signal } = this.subject;
    using deadline = new Deadline('the registered keys', patienceMs, signal);
    try {
      const controlPlane = core.context.accounts.controlPlane(installation);
      return await readRegisteredKeys(controlPlane, deadline.signal);
    } catch (error) {
      signal.throwIfAborted();
      return error instanceof Failure ? error : networkFailure(error, installation.host);
    }
  }

  /** The plan for the workspace. @throws Failure; Error without a workspace. */
  plan(): Promise<Plan> {
    return this.fact('plan', async () => {
      const { core, ref, signal } = this.subject;
      if (ref === undefined) throw new Error('there is no workspace to plan for');
      return planWorkspace(ref, await this.workspace(), { useLocalApp: false }, core.context, signal);
    });
  }

  /** Finds something out when it is first wanted; what came of it is kept, a failure too. */
  fact<T>(name: string, find: () => Promise<T>): Promise<T> {
    const known = this.#facts.get(name) as Promise<T> | undefined; // the name stands for the type
    if (known !== undefined) return known;
    const finding = find();
    finding.catch(() => undefined);
    this.#facts.set(name, finding);
    return finding;
  }
}
