import type { Secret } from '../platform/secret.ts';
import type {
  CreateOption,
  RegisteredPublicKey,
  UserRecord,
  WorkspaceCreation,
  WorkspaceInstanceRecord,
  WorkspaceRecord,
} from './records.ts';

/** What a heartbeat is about. */
export interface HeartbeatSubject {
  readonly workspaceId: string;
  readonly instanceId: string;
}

/** Who is told of changes. */
export interface WorkspaceWatcher {
  /** The newest instance of a workspace of the user's has changed. */
  onInstance(workspaceId: string, instance: WorkspaceInstanceRecord): void;
  /** The connection is lost: changes may be missed from here on until something is read again. */
  onGap(): void;
}

/**
 * What the helper asks of an installation. Every call throws a Failure (SIGN_IN_REQUIRED, SCOPE_MISSING, HOST_…,
 * INSTALLATION_ERROR, …) or the signal's reason.
 */
export interface ControlPlane extends AsyncDisposable {
  /** At most `limit` workspaces of the user: running ones first, then those with the newest activity. */
  listWorkspaces(limit: number, signal: AbortSignal): Promise<readonly WorkspaceRecord[]>;
  /** The workspaces that the user has pinned. */
  listPinnedWorkspaces(signal: AbortSignal): Promise<readonly WorkspaceRecord[]>;
  /** @throws Failure WORKSPACE_NOT_FOUND. */
  getWorkspace(workspaceId: string, signal: AbortSignal): Promise<WorkspaceRecord>;
  /** The token that opens the workspace. @throws Failure WORKSPACE_NOT_FOUND or WORKSPACE_NEVER_STARTED. */
  getOwnerToken(workspaceId: string, signal: AbortSignal): Promise<Secret>;
  /**
   * Starts a workspace; one that runs or is on its way up already is left as it is.
   *
   * @throws Failure WORKSPACE_NOT_FOUND, TOO_MANY_RUNNING_WORKSPACES, VERIFICATION_REQUIRED, SPENDING_LIMIT_REACHED or
   *   INSTALLATION_CLOSED.
   */
  startWorkspace(workspaceId: string, signal: AbortSignal): Promise<void>;
  /** Stops a workspace; one that does not run is left as it is. @throws Failure WORKSPACE_NOT_FOUND or INSTALLATION_CLOSED. */
  stopWorkspace(workspaceId: string, signal: AbortSignal): Promise<void>;
  /** Deletes a workspace with everything in it. @throws Failure WORKSPACE_NOT_FOUND. */
  deleteWorkspace(workspaceId: string, signal: AbortSignal): Promise<void>;
  /**
   * Makes a workspace and starts it.
   *
   * @returns its id.
   * @throws Failure CONTEXT_URL_INVALID, or as startWorkspace.
   */
  createWorkspace(creation: WorkspaceCreation, signal: AbortSignal): Promise<string>;
  /** The user's organizations. */
  listOrganizations(signal: AbortSignal): Promise<readonly CreateOption[]>;
  listWorkspaceClasses(signal: AbortSignal): Promise<readonly CreateOption[]>;
  listEditors(signal: AbortSignal): Promise<readonly CreateOption[]>;
  /** Tells of changes while there is a connection, which a first call makes. Disposing ends it. */
  watchWorkspaces(watcher: WorkspaceWatcher): Disposable;
  /**
   * Says that a workspace's instance is in use, or that the last client has gone, which lets it time out sooner.
   *
   * @throws Failure SCOPE_MISSING or PERMISSION_DENIED for a token that may not.
   */
  sendHeartbeat(subject: HeartbeatSubject, state: 'active' | 'closed', signal: AbortSignal): Promise<void>;
  /** The user that the credential belongs to. */
  getUser(signal: AbortSignal): Promise<UserRecord>;
  /** The scopes of the credential; none are told of a personal access token. */
  getTokenScopes(signal: AbortSignal): Promise<readonly string[]>;
  /** The SSH public keys registered with the account. */
  listPublicKeys(signal: AbortSignal): Promise<readonly RegisteredPublicKey[]>;
  /** Registers an SSH public key in authorized_keys form. @throws Failure KEY_REGISTRATION_REFUSED. */
  addPublicKey(name: string, key: string, signal: AbortSignal): Promise<void>;
  /** The network may be another one now: a connection that says nothing for a second is replaced. */
  doubtConnection(): void;
}
