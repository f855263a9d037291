import type { Installation } from '../account/installation.ts';
import type { WorkspaceRecord } from '../account/records.ts';

/** Names one workspace of one installation. */
export interface WorkspaceRef {
  readonly installation: Installation;
  /** Checked by checkWorkspaceId. */
  readonly workspaceId: string;
  /** The debug workspace that runs inside the workspace. */
  readonly debug: boolean;
}

/** A workspace with the installation it is of. */
export interface Workspace extends WorkspaceRecord {
  readonly installation: Installation;
  /** When this machine last connected to it; absent when never, or too long ago. */
  readonly lastConnectedAt?: Date;
}
