import { join } from 'node:path';
import type { Installation } from '../../account/installation.ts';
import type { WorkspaceRecord } from '../../account/records.ts';
import { helperDirectory } from '../../platform/helperDirectory.ts';
import { storeHostKeys } from '../../ssh/hostkeys/knownHostsStore.ts';
import type { ManagedCluster, ManagedHost } from '../../ssh/openssh/managedConfig.ts';
import type { ProxyCommandArgument } from '../../ssh/openssh/proxyCommand.ts';
import type { ConnectContext } from '../connectWorkspace.ts';
import { fetchHostKeys } from '../hostKeys.ts';
import { readRegisteredKeys, reportKeys } from '../keyReport.ts';
import { type WorkspaceAddress, workspaceAddress } from '../workspaceAddress.ts';
import { pinnedIdentityFile } from './pinnedIdentity.ts';

/** Where the files for OpenSSH are. */
export interface OpenSshFiles {
  /** What an `Include` in the user's configuration names. */
  readonly managedConfig: string;
  /** Whole configurations for `ssh -F`, one for each installation. */
  readonly overlayConfigs: string;
  readonly knownHosts: string;
  readonly publicKeys: string;
  /** Programs that start this helper to answer a password prompt, one for each workspace. */
  readonly askpass: string;
}

/** The files for OpenSSH, in the helper's own directory. */
export function openSshFiles({ openSsh }: ConnectContext): OpenSshFiles {
  const directory = join(helperDirectory(openSsh.home, openSsh.env), 'ssh');
  return {
    managedConfig: join(directory, 'config'),
    overlayConfigs: join(directory, 'overlays'),
    knownHosts: join(directory, 'known_hosts'),
    publicKeys: join(directory, 'keys'),
    askpass: join(directory, 'askpass'),
  };
}

/**
 * Gathers what OpenSSH must know of workspaces, cluster by cluster: the host keys published over TLS, the one key to
 * offer, and how to reach them. Writes known hosts and public keys.
 *
 * @param proxyCommand starts this helper's proxy for the host name that OpenSSH puts in.
 * @throws Failure HOST_KEYS_UNAVAILABLE, SSH_CONFIG_INVALID, …; SshConfigWriteError.
 */
export async function managedClusters(
  installation: Installation,
  records: readonly WorkspaceRecord[],
  proxyCommand: readonly ProxyCommandArgument[],
  context: ConnectContext,
  signal: AbortSignal,
): Promise<readonly ManagedCluster[]> {
  const byCluster = new Map<string, WorkspaceAddress[]>();
  for (const { id, instance } of records) {
    for (const debug of [false, true]) {
      const address = workspaceAddress({ installation, workspaceId: id, debug }, instance?.ideUrl ?? '');
      if (address === undefined) continue;
      const cluster = clusterOf(address);
      byCluster.set(cluster, [...(byCluster.get(cluster) ?? []), address]);
    }
  }
  const clusters = [...byCluster].map(([cluster, addresses]) =>
    managedCluster(cluster, addresses, installation, proxyCommand, context, signal),
  );
  return Promise.all(clusters);
}

async function managedCluster(
  cluster: string,
  addresses: readonly WorkspaceAddress[],
  installation: Installation,
  proxyCommand: readonly ProxyCommandArgument[],
  context: ConnectContext,
  signal: AbortSignal,
): Promise<ManagedCluster> {
  const [address] = addresses;
  if (address === undefined) throw new Error('a cluster without a workspace');
  const files = openSshFiles(context);
  const controlPlane = context.accounts.controlPlane(installation);
  const [hostKeys, keys] = await Promise.all([
    fetchHostKeys(address.origin, context.network, signal),
    reportKeys(
      { host: address.sshHost, user: address.sshUser },
      readRegisteredKeys(controlPlane, signal),
      context.openSsh,
      signal,
    ),
  ]);
  const stored = await storeHostKeys(files.knownHosts, cluster, hostKeys);
  const identityFile = await pinnedIdentityFile(keys.matches, files.publicKeys);
  return {
    hostPatterns: [`*.${cluster}`],
    hosts: addresses.map(({ sshHost, sshUser }): ManagedHost => ({ host: sshHost, user: sshUser })),
    knownHostsFile: stored.path,
    hostKeyAlias: cluster,
    identityFiles: identityFile === undefined ? [] : [identityFile],
    proxyCommand,
  };
}

/** `ssh.ws-eu1.gitpod.io` of `<id>.ssh.ws-eu1.gitpod.io`: what all workspaces of a cluster have in common. */
function clusterOf({ sshHost }: WorkspaceAddress): string {
  return sshHost.slice(sshHost.indexOf('.') + 1);
}
