import type { RecordEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { EmbeddedWorkspace } from '../model/workspace.ts';
import { WorkspaceRuntime } from './workspaceRuntime.ts';

export interface WorkspaceRuntimesOptions {
  /** Where the workspaces' home directories are made. */
  readonly directory: string;
  readonly faults: Faults;
  readonly record: RecordEvent;
}

/** The runtime of each workspace that somebody has reached. */
export class WorkspaceRuntimes implements AsyncDisposable {
  readonly #options: WorkspaceRuntimesOptions;
  readonly #runtimes = new Map<EmbeddedWorkspace, WorkspaceRuntime>();

  constructor(options: WorkspaceRuntimesOptions) {
    this.#options = options;
  }

  of(workspace: EmbeddedWorkspace): WorkspaceRuntime {
    const known = this.#runtimes.get(workspace);
    if (known) return known;
    const runtime = new WorkspaceRuntime({ workspace, ...this.#options });
    this.#runtimes.set(workspace, runtime);
    return runtime;
  }

  dropConnections(workspace: EmbeddedWorkspace): void {
    this.#runtimes.get(workspace)?.dropConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#runtimes.values()].map((runtime) => runtime[Symbol.asyncDispose]()));
  }
}
