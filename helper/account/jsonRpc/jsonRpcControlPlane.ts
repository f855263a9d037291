import { createHash } from 'node:crypto';
import { failure } from '../../failures.ts';
import { log } from '../../log.ts';
import { Deadline, raceSignal } from '../../platform/deadline.ts';
import type { Network } from '../../platform/network/network.ts';
import { Secret } from '../../platform/secret.ts';
import type { Account } from '../account.ts';
import type { ControlPlane, HeartbeatSubject, WorkspaceWatcher } from '../controlPlane.ts';
import type { Installation } from '../installation.ts';
import { asArray, asObject, asString } from '../json.ts';
import type { CreateOption, RegisteredPublicKey, UserRecord, WorkspaceCreation, WorkspaceRecord } from '../records.ts';
import { creationFailure, startFailure } from './actionFailure.ts';
import { callFailure } from './callFailure.ts';
import { JsonRpcError, JsonRpcSocket, SocketClosedError } from './jsonRpcSocket.ts';
import { parseEditors, parseOrganizations, parseWorkspaceClasses } from './parseCreateOptions.ts';
import { parseInstance, parsePublicKeys, parseUser, parseWorkspaceInfo } from './parseRecords.ts';

const callTimeoutMs = 20_000;
const doubtTimeoutMs = 1_000;
const maxPinned = 1_000;

/** The control plane over `wss://<host>/api/v1` (gitpod-wire §2): one socket, opened at first use and again when lost. */
export class JsonRpcControlPlane implements ControlPlane {
  readonly #installation: Installation;
  readonly #account: Account;
  readonly #network: Network;
  readonly #disposed = new AbortController();
  readonly #watchers = new Set<WorkspaceWatcher>();
  #socket: Promise<JsonRpcSocket> | undefined;

  constructor(account: Account, network: Network) {
    this.#installation = account.installation;
    this.#account = account;
    this.#network = network;
    account.onTokenChange(() => this.#retireSocket());
  }

  async listWorkspaces(limit: number, signal: AbortSignal): Promise<readonly WorkspaceRecord[]> {
    return this.#call('getWorkspaces', [{ limit }], signal, (result) =>
      asArray(result, 'workspaces').map(parseWorkspaceInfo),
    );
  }

  async listPinnedWorkspaces(signal: AbortSignal): Promise<readonly WorkspaceRecord[]> {
    return this.#call('getWorkspaces', [{ limit: maxPinned, pinnedOnly: true }], signal, (result) =>
      asArray(result, 'workspaces').map(parseWorkspaceInfo),
    );
  }

  async getWorkspace(workspaceId: string, signal: AbortSignal): Promise<WorkspaceRecord> {
    return this.#call('getWorkspace', [workspaceId], signal, parseWorkspaceInfo, (error) =>
      error.code === 404
        ? failure('WORKSPACE_NOT_FOUND', { host: this.#installation.host, workspaceId }, error)
        : undefined,
    );
  }

  async getOwnerToken(workspaceId: string, signal: AbortSignal): Promise<Secret> {
    return this.#call(
      'getOwnerToken',
      [workspaceId],
      signal,
      (result) => new Secret(asString(result, 'ownerToken')),
      (error) => this.#ownerTokenFailure(error, workspaceId),
    );
  }

  async startWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.#call(
      'startWorkspace',
      [workspaceId, {}],
      signal,
      () => undefined,
      (error) => startFailure(error, { host: this.#installation.host, workspaceId }),
    );
  }

  async stopWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.#call(
      'stopWorkspace',
      [workspaceId],
      signal,
      () => undefined,
      (error) => startFailure(error, { host: this.#installation.host, workspaceId }),
    );
  }

  async deleteWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    return this.#call(
      'deleteWorkspace',
      [workspaceId],
      signal,
      () => undefined,
      (error) => startFailure(error, { host: this.#installation.host, workspaceId }),
    );
  }

  async createWorkspace(creation: WorkspaceCreation, signal: AbortSignal): Promise<string> {
    return this.#call(
      'createWorkspace',
      [creationMessage(creation)],
      signal,
      (result) => asString(asObject(result, 'creation')['createdWorkspaceId'], 'createdWorkspaceId'),
      (error) => creationFailure(error, this.#installation.host, creation.contextUrl),
    );
  }

  async listOrganizations(signal: AbortSignal): Promise<readonly CreateOption[]> {
    return this.#call('getTeams', [], signal, parseOrganizations);
  }

  async listWorkspaceClasses(signal: AbortSignal): Promise<readonly CreateOption[]> {
    return this.#call('getSupportedWorkspaceClasses', [], signal, parseWorkspaceClasses);
  }

  async listEditors(signal: AbortSignal): Promise<readonly CreateOption[]> {
    return this.#call('getIDEOptions', [], signal, parseEditors);
  }

  watchWorkspaces(watcher: WorkspaceWatcher): Disposable {
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  async sendHeartbeat(
    { instanceId }: HeartbeatSubject,
    state: 'active' | 'closed',
    signal: AbortSignal,
  ): Promise<void> {
    return this.#call('sendHeartBeat', [{ instanceId, wasClosed: state === 'closed' }], signal, () => undefined);
  }

  async getUser(signal: AbortSignal): Promise<UserRecord> {
    return this.#call('getLoggedInUser', [], signal, parseUser);
  }

  async getTokenScopes(signal: AbortSignal): Promise<readonly string[]> {
    const hash = createHash('sha256').update(this.#account.token.reveal()).digest('hex');
    return this.#call('getGitpodTokenScopes', [hash], signal, (result) =>
      asArray(result, 'scopes').map((scope) => asString(scope, 'scope')),
    );
  }

  async listPublicKeys(signal: AbortSignal): Promise<readonly RegisteredPublicKey[]> {
    return this.#call('getSSHPublicKeys', [], signal, parsePublicKeys);
  }

  async addPublicKey(name: string, key: string, signal: AbortSignal): Promise<void> {
    return this.#call(
      'addSSHPublicKey',
      [{ name, key }],
      signal,
      () => undefined,
      // Over the limit, in use already, malformed: all come as error 500 with a text of the server's (gitpod-wire §2.4).
      (error) =>
        error.code === 500
          ? failure('KEY_REGISTRATION_REFUSED', { host: this.#installation.host, problem: refusal(error) }, error)
          : undefined,
    );
  }

  doubtConnection(): void {
    this.#socket?.then(
      (socket) => socket.expectPong(doubtTimeoutMs),
      () => undefined,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort(failure('SHUTTING_DOWN', {}));
    const socket = await this.#socket?.catch(() => undefined);
    await socket?.close();
  }

  /** The three ways getOwnerToken says 404 (gitpod-wire §2.4). */
  #ownerTokenFailure(error: JsonRpcError, workspaceId: string): Error | undefined {
    if (error.code !== 404) return undefined;
    const where = { host: this.#installation.host, workspaceId };
    if (error.message === 'No workspace instance found.') return failure('WORKSPACE_NEVER_STARTED', where, error);
    if (error.message === 'owner token not found') {
      return failure('WORKSPACE_STARTING', { ...where, phase: 'no owner token yet' }, error);
    }
    return failure('WORKSPACE_NOT_FOUND', where, error);
  }

  #call<T>(
    method: string,
    parameters: readonly unknown[],
    signal: AbortSignal,
    parse: (result: unknown) => T,
    explain?: (error: JsonRpcError) => Error | undefined,
  ): Promise<T> {
    return this.#account.run(() => this.#attempt(method, parameters, signal, parse, explain), signal);
  }

  async #attempt<T>(
    method: string,
    parameters: readonly unknown[],
    signal: AbortSignal,
    parse: (result: unknown) => T,
    explain: (error: JsonRpcError) => Error | undefined = () => undefined,
  ): Promise<T> {
    using deadline = new Deadline(method, callTimeoutMs, AbortSignal.any([signal, this.#disposed.signal]));
    try {
      return parse(await this.#callOnce(method, parameters, deadline.signal));
    } catch (error) {
      signal.throwIfAborted();
      const explained = error instanceof JsonRpcError ? explain(error) : undefined;
      throw explained ?? callFailure(error, this.#installation.host, method);
    }
  }

  /**
   * A call lost with a socket that had gone stale unnoticed is made once more on a new one. Nearly all only read, or do
   * nothing that is done already; making a workspace twice makes two.
   */
  async #callOnce(method: string, parameters: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    try {
      const socket = await raceSignal(this.#connected(), signal);
      return await socket.call(method, parameters, signal);
    } catch (error) {
      if (!(error instanceof SocketClosedError) || method === 'createWorkspace') throw error;
      const socket = await raceSignal(this.#connected(), signal);
      return socket.call(method, parameters, signal);
    }
  }

  #connected(): Promise<JsonRpcSocket> {
    if (this.#socket !== undefined) return this.#socket;
    const connecting = this.#connect();
    this.#socket = connecting;
    const forget = () => {
      if (this.#socket === connecting) this.#socket = undefined;
    };
    connecting.then(({ closed }) => closed.then(forget).then(() => this.#lost()), forget);
    return connecting;
  }

  async #connect(): Promise<JsonRpcSocket> {
    using deadline = new Deadline('connecting to the API', callTimeoutMs, this.#disposed.signal);
    const url = `${this.#installation.origin.replace(/^https/, 'wss')}/api/v1`;
    return await JsonRpcSocket.open(
      url,
      this.#account.token,
      this.#network,
      (method, parameters) => this.#notified(method, parameters),
      deadline.signal,
    );
  }

  /** Calls that come from now on are made with the token that there is now. */
  #retireSocket(): void {
    this.#socket?.then(
      (socket) => socket.retire(),
      () => undefined,
    );
    this.#socket = undefined;
  }

  /** Nothing is replayed to whoever connects again (gitpod-wire §2.5). */
  #lost(): void {
    if (!this.#disposed.signal.aborted) this.#account.connectionLost();
    for (const watcher of this.#watchers) watcher.onGap();
  }

  #notified(method: string, parameters: unknown): void {
    if (method !== 'onInstanceUpdate' || this.#watchers.size === 0) return;
    try {
      const workspaceId = asString(asObject(parameters, 'instance')['workspaceId'], 'instance.workspaceId');
      const instance = parseInstance(parameters);
      for (const watcher of this.#watchers) watcher.onInstance(workspaceId, instance);
    } catch (error) {
      log.warn('account.update_not_understood', { error });
    }
  }
}

function refusal({ message }: JsonRpcError): string {
  if (/already in use/i.test(message)) return 'the key is registered already, with this account or another';
  if (/limit|too many|maximum/i.test(message)) return 'the account has as many keys as it may have';
  return 'the installation does not take it';
}

/** What createWorkspace takes (gitpod-wire §2.4). */
function creationMessage({ contextUrl, organizationId, workspaceClass, editor }: WorkspaceCreation): object {
  return {
    contextUrl,
    organizationId,
    ignoreRunningWorkspaceOnSameCommit: true,
    ...(workspaceClass === '' ? {} : { workspaceClass }),
    ...(editor === '' ? {} : { ideSettings: { defaultIde: editor } }),
  };
}
