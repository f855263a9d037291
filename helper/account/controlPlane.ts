import type { Secret } from '../platform/secret.ts';
import type { RegisteredPublicKey, WorkspaceInstanceRecord, WorkspaceRecord } from './records.ts';

/**
 * What the helper asks of an installation. Every call throws a Failure (SIGN_IN_REQUIRED, SCOPE_MISSING, HOST_…,
 * INSTALLATION_ERROR, …) or the signal's reason.
 */
export interface ControlPlane extends AsyncDisposable {
  /** At most `limit` workspaces of the user: running ones first, then those with the newest activity. */
  listWorkspaces(limit: number, signal: AbortSignal): Promise<readonly WorkspaceRecord[]>;
  /** @throws Failure WORKSPACE_NOT_FOUND. */
  getWorkspace(workspaceId: string, signal: AbortSignal): Promise<WorkspaceRecord>;
  /** The token that opens the workspace. @throws Failure WORKSPACE_NOT_FOUND or WORKSPACE_NEVER_STARTED. */
  getOwnerToken(workspaceId: string, signal: AbortSignal): Promise<Secret>;
  /**
   * Starts a workspace; one that runs or is on its way up already is left as it is.
   *
   * @throws Failure WORKSPACE_NOT_FOUND, TOO_MANY_RUNNING_WORKSPACES or WORKSPACE_FAILED.
   */
  startWorkspace(workspaceId: string, signal: AbortSignal): Promise<void>;
  /**
   * Tells of every change of a workspace's instance while there is a connection; nothing is dialled for it. Disposing ends it.
   *
   * @param onChange gets undefined when changes may have been missed, so that the workspace must be read again.
   */
  watchWorkspace(workspaceId: string, onChange: (instance: WorkspaceInstanceRecord | undefined) => void): Disposable;
  /**
   * Says that a workspace's instance is in use, or that the last client has gone, which lets it time out sooner.
   *
   * @throws Failure SCOPE_MISSING or PERMISSION_DENIED for a token that may not.
   */
  sendHeartbeat(instanceId: string, state: 'active' | 'closed', signal: AbortSignal): Promise<void>;
  /** The SSH public keys registered with the account. */
  listPublicKeys(signal: AbortSignal): Promise<readonly RegisteredPublicKey[]>;
  /** Registers an SSH public key in authorized_keys form. @throws Failure KEY_REGISTRATION_REFUSED. */
  addPublicKey(name: string, key: string, signal: AbortSignal): Promise<void>;
  /** The network may be another one now: a connection that says nothing for a second is replaced. */
  doubtConnection(): void;
}
