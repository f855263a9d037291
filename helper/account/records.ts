/** The phases of a workspace instance (gitpod-protocol, workspace-instance.ts). */
export const workspacePhases = [
  'unknown',
  'preparing',
  'building',
  'pending',
  'creating',
  'initializing',
  'running',
  'interrupted',
  'stopping',
  'stopped',
] as const;

/** A workspace's phase; `unknown` also stands for phases a newer installation may have. */
export type WorkspacePhase = (typeof workspacePhases)[number];

/** A workspace as the control plane tells of it, without its owner token. */
export interface WorkspaceRecord {
  readonly id: string;
  readonly description: string;
  readonly contextUrl: string;
  /** `owner/name`; empty when it has none. */
  readonly repository: string;
  /** Branch or other ref; empty when not known. */
  readonly branch: string;
  readonly createdAt: Date;
  readonly organizationId: string;
  readonly pinned: boolean;
  /** Its latest instance; absent when it was never started. */
  readonly instance?: WorkspaceInstanceRecord;
}

/** One run of a workspace. */
export interface WorkspaceInstanceRecord {
  readonly id: string;
  readonly phase: WorkspacePhase;
  /** `https://<id>.ws-….<domain>[:port]`; empty before the installation has assigned one. */
  readonly ideUrl: string;
  readonly startedAt?: Date;
  readonly createdAt?: Date;
  readonly workspaceClass: string;
  readonly failedCondition: string;
  readonly timeoutCondition: string;
  readonly stoppedByRequest: boolean;
  /** The IDE it runs; empty when not told. */
  readonly editor: string;
  /** After how long without activity it times out, `30m`; empty when not told. */
  readonly configuredTimeout: string;
  /** Uncommitted and untracked files and unpushed commits; absent when not told. */
  readonly changedFiles?: number;
}

/** What a workspace is made from. */
export interface WorkspaceCreation {
  readonly contextUrl: string;
  readonly organizationId: string;
  /** Empty for the default. */
  readonly workspaceClass: string;
  /** Empty for the user's default. */
  readonly editor: string;
}

/** One thing that can be chosen for a new workspace. */
export interface CreateOption {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
}

/** An SSH public key registered with the account. */
export interface RegisteredPublicKey {
  readonly name: string;
  /** In authorized_keys form. */
  readonly key: string;
}

/** The user that a credential belongs to. */
export interface UserRecord {
  readonly id: string;
  /** Empty when the installation has none. */
  readonly name: string;
}
