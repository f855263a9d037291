import { Failure } from '../failures.ts';
import { log } from '../log.ts';
import { UpgradeRefusedError } from '../platform/network/openWebSocket.ts';
import type { Secret } from '../platform/secret.ts';
import type { ControlPlane, HeartbeatSubject, WorkspaceWatcher } from './controlPlane.ts';
import type { PublicApiControlPlane } from './publicApi/publicApiControlPlane.ts';
import type { CreateOption, RegisteredPublicKey, UserRecord, WorkspaceCreation, WorkspaceRecord } from './records.ts';

/** After this long the first way is tried again. */
const stayForMs = 10 * 60_000;

/**
 * The control plane by its WebSocket; where that is refused although the token is not, as by a firewall that lets none
 * through, by the public API, if that takes the token.
 */
export class ControlPlaneWithFallback implements ControlPlane {
  readonly #first: ControlPlane;
  readonly #second: PublicApiControlPlane;
  readonly #watchers = new Map<WorkspaceWatcher, Disposable[]>();
  #secondUntil = Number.NEGATIVE_INFINITY;

  constructor(first: ControlPlane, second: PublicApiControlPlane) {
    this.#first = first;
    this.#second = second;
  }

  listWorkspaces(limit: number, signal: AbortSignal): Promise<readonly WorkspaceRecord[]> {
    return this.#by((controlPlane) => controlPlane.listWorkspaces(limit, signal), signal);
  }

  listPinnedWorkspaces(signal: AbortSignal): Promise<readonly WorkspaceRecord[]> {
    return this.#by((controlPlane) => controlPlane.listPinnedWorkspaces(signal), signal);
  }

  getWorkspace(workspaceId: string, signal: AbortSignal): Promise<WorkspaceRecord> {
    return this.#by((controlPlane) => controlPlane.getWorkspace(workspaceId, signal), signal);
  }

  getOwnerToken(workspaceId: string, signal: AbortSignal): Promise<Secret> {
    return this.#by((controlPlane) => controlPlane.getOwnerToken(workspaceId, signal), signal);
  }

  startWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.#by((controlPlane) => controlPlane.startWorkspace(workspaceId, signal), signal);
  }

  stopWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.#by((controlPlane) => controlPlane.stopWorkspace(workspaceId, signal), signal);
  }

  deleteWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.#by((controlPlane) => controlPlane.deleteWorkspace(workspaceId, signal), signal);
  }

  createWorkspace(creation: WorkspaceCreation, signal: AbortSignal): Promise<string> {
    return this.#by((controlPlane) => controlPlane.createWorkspace(creation, signal), signal);
  }

  listOrganizations(signal: AbortSignal): Promise<readonly CreateOption[]> {
    return this.#by((controlPlane) => controlPlane.listOrganizations(signal), signal);
  }

  listWorkspaceClasses(signal: AbortSignal): Promise<readonly CreateOption[]> {
    return this.#by((controlPlane) => controlPlane.listWorkspaceClasses(signal), signal);
  }

  listEditors(signal: AbortSignal): Promise<readonly CreateOption[]> {
    return this.#by((controlPlane) => controlPlane.listEditors(signal), signal);
  }

  watchWorkspaces(watcher: WorkspaceWatcher): Disposable {
    const subscriptions = [this.#first.watchWorkspaces(watcher)];
    if (this.#isOnSecond()) subscriptions.push(this.#second.watchWorkspaces(watcher));
    this.#watchers.set(watcher, subscriptions);
    return {
      [Symbol.dispose]: () => {
        for (const subscription of this.#watchers.get(watcher) ?? []) subscription[Symbol.dispose]();
        this.#watchers.delete(watcher);
      },
    };
  }

  sendHeartbeat(subject: HeartbeatSubject, state: 'active' | 'closed', signal: AbortSignal): Promise<void> {
    return this.#by((controlPlane) => controlPlane.sendHeartbeat(subject, state, signal), signal);
  }

  getUser(signal: AbortSignal): Promise<UserRecord> {
    return this.#by((controlPlane) => controlPlane.getUser(signal), signal);
  }

  getTokenScopes(signal: AbortSignal): Promise<readonly string[]> {
    return this.#by((controlPlane) => controlPlane.getTokenScopes(signal), signal);
  }

  listPublicKeys(signal: AbortSignal): Promise<readonly RegisteredPublicKey[]> {
    return this.#by((controlPlane) => controlPlane.listPublicKeys(signal), signal);
  }

  addPublicKey(name: string, key: string, signal: AbortSignal): Promise<void> {
    return this.#by((controlPlane) => controlPlane.addPublicKey(name, key, signal), signal);
  }

  doubtConnection(): void {
    this.#first.doubtConnection();
    if (this.#isOnSecond()) this.#second.doubtConnection();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#first[Symbol.asyncDispose](), this.#second[Symbol.asyncDispose]()]);
  }

  async #by<T>(call: (controlPlane: ControlPlane) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#isOnSecond()) return this.#bySecond(call);
    try {
      return await call(this.#first);
    } catch (error) {
      if (!isRefusedWebSocket(error) || !(await this.#second.letsIn(signal))) throw error;
      this.#goOnBySecond();
      return this.#bySecond(call);
    }
  }

  /** One that does not answer any more is no better than the first. */
  async #bySecond<T>(call: (controlPlane: ControlPlane) => Promise<T>): Promise<T> {
    try {
      return await call(this.#second);
    } catch (error) {
      if (error instanceof Failure && error.retryable && error.code !== 'RATE_LIMITED') {
        this.#secondUntil = Number.NEGATIVE_INFINITY;
      }
      throw error;
    }
  }

  #isOnSecond(): boolean {
    return performance.now() < this.#secondUntil;
  }

  #goOnBySecond(): void {
    log.info('account.by_public_api', { forMs: stayForMs });
    this.#secondUntil = performance.now() + stayForMs;
    for (const [watcher, subscriptions] of this.#watchers) {
      if (subscriptions.length === 1) subscriptions.push(this.#second.watchWorkspaces(watcher));
    }
  }
}

/** What is wrong with the token is wrong with it everywhere. */
function isRefusedWebSocket(error: unknown): boolean {
  return error instanceof Failure && error.cause instanceof UpgradeRefusedError && error.cause.status !== 401;
}
