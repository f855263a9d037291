import type { Installation } from '../../account/installation.ts';
import type { WorkspaceRecord } from '../../account/records.ts';
import { Failure } from '../../failures.ts';
import { log } from '../../log.ts';
import { storeHostKeys } from '../../ssh/hostkeys/knownHostsStore.ts';
import type { ManagedCluster, ManagedHost } from '../../ssh/openssh/managedConfig.ts';
import type { ProxyCommandArgument } from '../../ssh/openssh/proxyCommand.ts';
import type { ConnectContext } from '../connectWorkspace.ts';
import { fetchHostKeys } from '../hostKeys.ts';
import { readRegisteredKeys, reportKeys } from '../keyReport.ts';
import { type WorkspaceAddress, workspaceAddress } from '../workspaceAddress.ts';
import { companionCluster } from './companionCluster.ts';
import { openSshFiles } from './openSshFiles.ts';
import { pinnedIdentity } from './pinnedIdentity.ts';

/**
 * Gathers what OpenSSH must know of workspaces, cluster by cluster: the host keys published over TLS, the one key to
 * offer, and how to reach them. Writes known hosts and public keys.
 *
 * @param proxyCommand starts this helper's proxy for the host name that OpenSSH puts in.
 * @throws Failure SSH_CONFIG_INVALID, …; SshConfigWriteError.
 */
export async function managedClusters(
  installation: Installation,
  records: readonly WorkspaceRecord[],
  proxyCommand: readonly ProxyCommandArgument[],
  context: ConnectContext,
  signal: AbortSignal,
): Promise<readonly ManagedCluster[]> {
  const byCluster = new Map<string, WorkspaceAddress[]>();
  const inUse = new Set<string>();
  for (const { id, instance } of records) {
    for (const debug of [false, true]) {
      const address = workspaceAddress({ installation, workspaceId: id, debug }, instance?.ideUrl ?? '');
      if (address === undefined) continue;
      const cluster = clusterOf(address);
      byCluster.set(cluster, [...(byCluster.get(cluster) ?? []), address]);
      if (instance?.phase !== 'stopped') inUse.add(cluster);
    }
  }
  const clusters = [...byCluster].map(([cluster, addresses]) =>
    managedCluster(cluster, addresses, installation, proxyCommand, context, signal)
      .catch(undefinedWithoutSshGateway)
      .catch((error: unknown) => undefinedWhenGone(error, inUse.has(cluster))),
  );
  const ids = [...byCluster.values()].flat().map(({ sshUser }) => sshUser);
  if (ids.length === 0) return [];
  const behindSshGateways = (await Promise.all(clusters)).filter((cluster) => cluster !== undefined);
  return [...behindSshGateways, companionCluster(ids, proxyCommand, openSshFiles(context))];
}

/** Without published host keys there is nothing to trust; such workspaces are known by their bare ids alone. */
function undefinedWithoutSshGateway(error: unknown): undefined {
  if (!(error instanceof Failure && error.code === 'HOST_KEYS_UNAVAILABLE')) throw error;
  log.info('openssh.no_host_keys', { error });
}

const unreachable: readonly string[] = ['HOST_NOT_FOUND', 'HOST_UNREACHABLE', 'TLS_UNTRUSTED', 'PROXY_FAILED'];

/** A stopped workspace keeps the address in the cluster it ran in last; clusters go, and it starts in another one. */
function undefinedWhenGone(error: unknown, isInUse: boolean): undefined {
  if (isInUse || !(error instanceof Failure && unreachable.includes(error.code))) throw error;
  log.info('openssh.cluster_gone', { error });
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
  const pinned = await pinnedIdentity(keys.matches, files.publicKeys);
  return {
    hostPatterns: [`*.${cluster}`],
    hosts: addresses.map(({ sshHost, sshUser }): ManagedHost => ({ host: sshHost, user: sshUser })),
    knownHostsFile: stored.path,
    hostKeyAlias: cluster,
    identityFiles: pinned === undefined ? [] : [pinned.file],
    // Which key is registered may be another by the time of a connection than when this was written.
    proxyCommand: pinned === undefined ? proxyCommand : [...proxyCommand, '--key', pinned.fingerprint],
  };
}

/** `ssh.ws-eu1.gitpod.io` of `<id>.ssh.ws-eu1.gitpod.io`: what all workspaces of a cluster have in common. */
export function clusterOf({ sshHost }: Pick<WorkspaceAddress, 'sshHost'>): string {
  return sshHost.slice(sshHost.indexOf('.') + 1);
}
