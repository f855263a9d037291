import type { ManagedCluster, ManagedHost } from '../../ssh/openssh/managedConfig.ts';
import type { ProxyCommandArgument } from '../../ssh/openssh/proxyCommand.ts';
import type { OpenSshFiles } from './openSshFiles.ts';

/** The user of every workspace (gitpod-wire §5). */
const workspaceUser = 'gitpod';

/**
 * What OpenSSH must know of workspaces by their bare ids, which mean the Local Companion's way. `proxy` writes the key and
 * the host key that the supervisor gives before it passes on a byte, and OpenSSH reads both after that.
 *
 * @param ids bare: `<id>` or `debug-<id>`.
 */
export function companionCluster(
  ids: readonly string[],
  proxyCommand: readonly ProxyCommandArgument[],
  files: OpenSshFiles,
): ManagedCluster {
  return {
    hostPatterns: [],
    hosts: ids.map((host): ManagedHost => ({ host, user: workspaceUser })),
    knownHostsFile: files.companionKnownHosts,
    identityFiles: [files.companionKeys],
    filesPerHost: true,
    proxyCommand,
  };
}
