import type { WorkspaceRef } from '../workspaces/workspace.ts';

/** Where a running workspace is reached. */
export interface WorkspaceAddress {
  /** The origin of the workspace's own host, with the port of its `ideUrl` if that has one. */
  readonly origin: string;
  /** The origin of the JetBrains launcher's port in the workspace (gitpod-wire §6). */
  readonly launcherOrigin: string;
  /** The SSH gateway's name for the workspace: the id in the host name becomes `<id>.ssh` (gitpod-wire §4.1). */
  readonly sshHost: string;
  /** The SSH user: the workspace id, with `debug-` in front for a debug workspace (gitpod-wire §4.3). */
  readonly sshUser: string;
}

/** The port in the workspace on which Gitpod's JetBrains launcher serves join links (gitpod-wire §6). */
const launcherPort = 24000;

/**
 * Derives a workspace's addresses from the `ideUrl` of its instance.
 *
 * @returns undefined when the URL is not https on a host that begins with the workspace's id.
 */
export function workspaceAddress(ref: WorkspaceRef, ideUrl: string): WorkspaceAddress | undefined {
  const url = URL.parse(ideUrl);
  if (url === null || url.protocol !== 'https:' || !url.hostname.startsWith(`${ref.workspaceId}.`)) return undefined;
  const id = ref.debug ? `debug-${ref.workspaceId}` : ref.workspaceId;
  const domain = url.hostname.slice(ref.workspaceId.length + 1);
  const port = url.port === '' ? '' : `:${url.port}`;
  return {
    origin: `https://${id}.${domain}${port}`,
    launcherOrigin: `https://${launcherPort}-${id}.${domain}${port}`,
    sshHost: `${id}.ssh.${domain}`,
    sshUser: id,
  };
}
