import type { EmbeddedWorkspace } from '../model/workspace.ts';

const instanceVariable = 'GITPOD_INSTANCE_ID';

/** The entry by which a process of this workspace is known. */
export function processMark({ instanceId }: EmbeddedWorkspace): string {
  return `${instanceVariable}=${instanceId}`;
}

/** The environment of every process in a workspace: nothing of the developer's own but `PATH`. */
export function processEnvironment(workspace: EmbeddedWorkspace, home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    USER: 'gitpod',
    LOGNAME: 'gitpod',
    SHELL: '/bin/sh',
    GITPOD_WORKSPACE_ID: workspace.id,
    [instanceVariable]: workspace.instanceId,
  };
}
