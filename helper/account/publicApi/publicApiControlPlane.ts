import { type Failure, failure } from '../../failures.ts';
import { log } from '../../log.ts';
import type { Network } from '../../platform/network/network.ts';
import { Secret } from '../../platform/secret.ts';
import type { Account } from '../account.ts';
import type { ControlPlane, HeartbeatSubject, WorkspaceWatcher } from '../controlPlane.ts';
import type { Installation } from '../installation.ts';
import { asObject, asString, type JsonObject, stringAt } from '../json.ts';
import type { CreateOption, RegisteredPublicKey, UserRecord, WorkspaceCreation, WorkspaceRecord } from '../records.ts';
import { ConnectClient } from './connectClient.ts';
import { ConnectError } from './connectError.ts';
import { connectFailure, workspaceFailure } from './connectFailure.ts';
import { parseWorkspace, specOf, type WorkspaceSpec } from './parseWorkspace.ts';
import { StatusWatch } from './statusWatch.ts';

/** As many as it gives at once; there is no continuation (gitpod-wire §3.4). */
const maxPageSize = 400;

/**
 * The control plane by the public API, `gitpod.v1` over HTTPS (gitpod-wire §3.4). It takes tokens that may do everything,
 * and no others. It does not tell which IDEs there are, when a workspace was made, whether somebody stopped it, and after
 * what time it times out.
 */
export class PublicApiControlPlane implements ControlPlane {
  readonly #installation: Installation;
  readonly #account: Account;
  readonly #client: ConnectClient;
  readonly #disposed = new AbortController();
  /** What pushes do not repeat. */
  readonly #specs = new Map<string, WorkspaceSpec>();
  readonly #statusWatch: StatusWatch;

  constructor(account: Account, network: Network) {
    this.#installation = account.installation;
    this.#account = account;
    const { hostname, origin } = account.installation;
    this.#client = new ConnectClient(origin.replace(hostname, `api.${hostname}`), network);
    this.#statusWatch = new StatusWatch({
      open: (signal) =>
        this.#client.stream('gitpod.v1.WorkspaceService/WatchWorkspaceStatus', {}, account.token, signal),
      specOf: (workspaceId) => this.#specs.get(workspaceId) ?? { workspaceClass: '', editor: '' },
      signal: this.#disposed.signal,
    });
    account.onTokenChange(() => this.#statusWatch.reconnect());
  }

  /** Whether the installation lets the token of the account in here. @throws the signal's reason */
  async letsIn(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#client.call('gitpod.v1.UserService/GetAuthenticatedUser', {}, this.#account.token, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      log.info('account.public_api_refuses', { error });
      return false;
    }
  }

  async listWorkspaces(limit: number, signal: AbortSignal): Promise<readonly WorkspaceRecord[]> {
    return this.#list({ pagination: { pageSize: Math.min(limit, maxPageSize) } }, signal);
  }

  async listPinnedWorkspaces(signal: AbortSignal): Promise<readonly WorkspaceRecord[]> {
    return this.#list({ pagination: { pageSize: maxPageSize }, pinned: true }, signal);
  }

  async getWorkspace(workspaceId: string, signal: AbortSignal): Promise<WorkspaceRecord> {
    const method = 'gitpod.v1.WorkspaceService/GetWorkspace';
    return this.#ofWorkspace(method, workspaceId, signal, (answer) => this.#read(answer['workspace']));
  }

  async getOwnerToken(workspaceId: string, signal: AbortSignal): Promise<Secret> {
    const method = 'gitpod.v1.WorkspaceService/GetWorkspaceOwnerToken';
    return this.#ofWorkspace(method, workspaceId, signal, (answer) => {
      const token = stringAt(answer, 'ownerToken');
      if (token !== '') return new Secret(token);
      const where = { host: this.#installation.host, workspaceId };
      throw failure('WORKSPACE_STARTING', { ...where, phase: 'no owner token yet' });
    });
  }

  async startWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    await this.#ofWorkspace('gitpod.v1.WorkspaceService/StartWorkspace', workspaceId, signal, () => undefined);
  }

  async stopWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    await this.#ofWorkspace('gitpod.v1.WorkspaceService/StopWorkspace', workspaceId, signal, () => undefined);
  }

  async deleteWorkspace(workspaceId: string, signal: AbortSignal): Promise<void> {
    await this.#ofWorkspace('gitpod.v1.WorkspaceService/DeleteWorkspace', workspaceId, signal, () => undefined);
  }

  async createWorkspace(creation: WorkspaceCreation, signal: AbortSignal): Promise<string> {
    const { contextUrl, organizationId, workspaceClass, editor } = creation;
    const request = {
      metadata: { organizationId },
      contextUrl: {
        url: contextUrl,
        ...(workspaceClass === '' ? {} : { workspaceClass }),
        ...(editor === '' ? {} : { editor: { name: editor } }),
      },
    };
    return this.#call(
      'gitpod.v1.WorkspaceService/CreateAndStartWorkspace',
      request,
      signal,
      (answer) => this.#read(answer['workspace']).id,
      (error) => this.#creationFailure(error, contextUrl),
    );
  }

  async listOrganizations(signal: AbortSignal): Promise<readonly CreateOption[]> {
    const method = 'gitpod.v1.OrganizationService/ListOrganizations';
    return this.#call(method, {}, signal, (answer) =>
      listAt(answer, 'organizations').map((organization) => optionOf(organization, 'name', 'slug')),
    );
  }

  async listWorkspaceClasses(signal: AbortSignal): Promise<readonly CreateOption[]> {
    const method = 'gitpod.v1.WorkspaceService/ListWorkspaceClasses';
    return this.#call(method, {}, signal, (answer) =>
      listAt(answer, 'workspaceClasses').map((each) => optionOf(each, 'displayName', 'description')),
    );
  }

  async listEditors(): Promise<readonly CreateOption[]> {
    return [];
  }

  watchWorkspaces(watcher: WorkspaceWatcher): Disposable {
    return this.#statusWatch.add(watcher);
  }

  async sendHeartbeat(
    { workspaceId }: HeartbeatSubject,
    state: 'active' | 'closed',
    signal: AbortSignal,
  ): Promise<void> {
    const request = { workspaceId, disconnected: state === 'closed' };
    await this.#call('gitpod.v1.WorkspaceService/SendHeartBeat', request, signal, () => undefined);
  }

  async getUser(signal: AbortSignal): Promise<UserRecord> {
    return this.#call('gitpod.v1.UserService/GetAuthenticatedUser', {}, signal, (answer) => {
      const user = asObject(answer['user'], 'user');
      return { id: asString(user['id'], 'user.id'), name: stringAt(user, 'name') };
    });
  }

  /** Others than these are not let in. */
  async getTokenScopes(): Promise<readonly string[]> {
    return ['function:*'];
  }

  async listPublicKeys(signal: AbortSignal): Promise<readonly RegisteredPublicKey[]> {
    return this.#call('gitpod.v1.SSHService/ListSSHPublicKeys', {}, signal, (answer) =>
      listAt(answer, 'sshKeys').map((key) => ({ name: stringAt(key, 'name'), key: asString(key['key'], 'key.key') })),
    );
  }

  async addPublicKey(name: string, key: string, signal: AbortSignal): Promise<void> {
    await this.#call(
      'gitpod.v1.SSHService/CreateSSHPublicKey',
      { name, key },
      signal,
      () => undefined,
      (error) =>
        error instanceof ConnectError && /^(internal|already_exists|invalid_argument)$/.test(error.code)
          ? failure(
              'KEY_REGISTRATION_REFUSED',
              { host: this.#installation.host, problem: 'the installation does not take it' },
              error,
            )
          : undefined,
    );
  }

  /** Each call has a connection of its own; the one that pushes is made again. */
  doubtConnection(): void {
    this.#statusWatch.reconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort(failure('SHUTTING_DOWN', {}));
    await this.#statusWatch.ended;
  }

  /** Of all organizations: a list is always that of one (gitpod-wire §3.4). */
  async #list(request: object, signal: AbortSignal): Promise<readonly WorkspaceRecord[]> {
    const method = 'gitpod.v1.WorkspaceService/ListWorkspaces';
    const organizations = await this.listOrganizations(signal);
    const lists = await Promise.all(
      organizations.map(({ id: organizationId }) =>
        this.#call(method, { ...request, organizationId }, signal, (answer) =>
          listAt(answer, 'workspaces').map((workspace) => this.#read(workspace)),
        ),
      ),
    );
    return lists.flat();
  }

  #read(value: unknown): WorkspaceRecord {
    const record = parseWorkspace(value);
    this.#specs.set(record.id, specOf(asObject(value, 'workspace')));
    return record;
  }

  #ofWorkspace<T>(
    method: string,
    workspaceId: string,
    signal: AbortSignal,
    parse: (answer: JsonObject) => T,
  ): Promise<T> {
    const where = { host: this.#installation.host, workspaceId };
    return this.#call(method, { workspaceId }, signal, parse, (error) => workspaceFailure(error, where));
  }

  #call<T>(
    method: string,
    request: object,
    signal: AbortSignal,
    parse: (answer: JsonObject) => T,
    explain: (error: unknown) => Failure | undefined = () => undefined,
  ): Promise<T> {
    const attempt = async () => {
      const until = AbortSignal.any([signal, this.#disposed.signal]);
      try {
        return parse(asObject(await this.#client.call(method, request, this.#account.token, until), 'answer'));
      } catch (error) {
        signal.throwIfAborted();
        throw explain(error) ?? connectFailure(error, this.#installation.host, method.slice(method.indexOf('/') + 1));
      }
    };
    return this.#account.run(attempt, signal);
  }

  #creationFailure(error: unknown, contextUrl: string): Failure | undefined {
    if (!(error instanceof ConnectError) || !/^(not_found|invalid_argument|internal)$/.test(error.code))
      return undefined;
    const problem = 'the installation does not understand it, or may not see the repository';
    return failure('CONTEXT_URL_INVALID', { host: this.#installation.host, contextUrl, problem }, error);
  }
}

/** A list that is left out where it is empty, as JSON of protobuf does. */
function listAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key] ?? [];
  return Array.isArray(value) ? value.map((entry) => asObject(entry, key)) : [];
}

function optionOf(value: JsonObject, name: string, description: string): CreateOption {
  const id = asString(value['id'], 'id');
  return {
    id,
    name: stringAt(value, name) || id,
    description: stringAt(value, description),
    isDefault: value['isDefault'] === true,
  };
}
