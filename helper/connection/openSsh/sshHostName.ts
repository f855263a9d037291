import { failure } from '../../failures.ts';
import { checkWorkspaceId } from '../../workspaces/workspaceId.ts';

/** The workspace that an SSH host name means. */
export interface NamedWorkspace {
  readonly workspaceId: string;
  readonly debug: boolean;
  /** A bare id means the Local Companion's way, a whole name the SSH gateway. */
  readonly isBare: boolean;
}

/**
 * Reads the host name OpenSSH is given: `[debug-]<id>.ssh.<cluster>` or a bare `[debug-]<id>` (gitpod-wire §4.1).
 *
 * @throws Failure WORKSPACE_ID_INVALID.
 */
export function workspaceOfHostName(hostName: string): NamedWorkspace {
  const [label = '', second] = hostName.toLowerCase().split('.');
  if (second !== undefined && second !== 'ssh') throw failure('WORKSPACE_ID_INVALID', { workspaceId: hostName });
  const debug = label.startsWith('debug-');
  const workspaceId = checkWorkspaceId(debug ? label.slice('debug-'.length) : label);
  return { workspaceId, debug, isBare: second === undefined };
}
