import { newWorkspaceId } from './ids.ts';
import type { WorkspacePhase } from './phase.ts';

/**
 * What stands behind the SSH gateway: `ready`, a working SSH server; `down`, the port refuses; `hang`, the supervisor
 * never hands out a key; `silent`, the port accepts and stays silent.
 */
export type UpstreamState = 'ready' | 'down' | 'hang' | 'silent';

/**
 * The JetBrains backend: `ready`; `booting`, the launcher answers 503; `absent`, nothing listens on 24000;
 * `malformed-link`, the launcher answers 200 with a body that is no join link; `closes-at-once`, the backend's port
 * accepts and closes.
 */
export type BackendState = 'ready' | 'booting' | 'absent' | 'malformed-link' | 'closes-at-once';

/** Who may reach the workspace over HTTP without its owner token. */
export type Admission = 'owner' | 'everyone';

export interface WorkspaceOptions {
  readonly id: string;
  readonly phase: WorkspacePhase;
  readonly upstream: UpstreamState;
  readonly backend: BackendState;
  readonly admission: Admission;
  /** The port of the JetBrains backend on the workspace's own loopback. */
  readonly backendPort: number;
  /** The first label of its cluster's domain. Nothing answers in another one than the default. */
  readonly cluster: string;
  readonly description: string;
  readonly contextUrl: string;
  readonly repository: string;
  readonly branch: string;
  /** ISO 8601. */
  readonly creationTime: string;
  /** Whether it is pinned in the dashboard's list. */
  readonly pinned: boolean;
  /** No instance was ever started: `latestInstance` is missing and there is no owner token. */
  readonly neverStarted: boolean;
  readonly workspaceClass: string;
  /** The IDE it runs; empty for the default. */
  readonly editor: string;
  /** The phases it goes through by itself when it is started. */
  readonly startPhases: readonly WorkspacePhase[];
}

/** A running workspace of a small repository, with every part working. */
export function withDefaults(given: Partial<WorkspaceOptions>): WorkspaceOptions {
  const repository = given.repository ?? 'parcel-demo';
  const branch = given.branch ?? 'main';
  return {
    id: newWorkspaceId(),
    phase: 'running',
    upstream: 'ready',
    backend: 'ready',
    admission: 'owner',
    backendPort: 5990,
    cluster: 'ws-eu1',
    description: `example/${repository} - ${branch}`,
    contextUrl: `https://github.com/example/${repository}/tree/${branch}`,
    creationTime: new Date().toISOString(),
    pinned: false,
    neverStarted: false,
    workspaceClass: 'g1-standard',
    editor: '',
    startPhases: ['preparing', 'pending', 'creating', 'initializing', 'running'],
    ...given,
    repository,
    branch,
  };
}
