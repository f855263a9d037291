import { pathArgument, pathOfHostArgument, quoteConfigArgument } from './configArgument.ts';
import type { ManagedCluster } from './managedConfig.ts';
import { proxyCommandValue } from './proxyCommand.ts';

const SERVER_ALIVE_INTERVAL_SECONDS = 15;
const SERVER_ALIVE_COUNT_MAX = 3;

export interface KeywordValue {
  readonly keyword: string;
  /** As in the file. */
  readonly value: string;
}

/** Writes the path of a file of a cluster's. */
export function fileArgument({ filesPerHost }: ManagedCluster, path: string): string {
  return filesPerHost === true ? pathOfHostArgument(path) : pathArgument(path);
}

/** Gives what every host of a cluster has in common, apart from the keys to offer. */
export function sharedKeywords(cluster: ManagedCluster): readonly KeywordValue[] {
  const { hostKeyAlias } = cluster;
  return [
    // Without it a HostName of the user's for every host would send these elsewhere.
    { keyword: 'HostName', value: '%h' },
    { keyword: 'UserKnownHostsFile', value: fileArgument(cluster, cluster.knownHostsFile) },
    { keyword: 'GlobalKnownHostsFile', value: 'none' },
    ...(hostKeyAlias === undefined ? [] : [{ keyword: 'HostKeyAlias', value: quoteConfigArgument(hostKeyAlias) }]),
    { keyword: 'StrictHostKeyChecking', value: 'yes' },
    // The SSH gateway passes on the keys of another server, whose proof can never verify.
    { keyword: 'UpdateHostKeys', value: 'no' },
    { keyword: 'CheckHostIP', value: 'no' },
    { keyword: 'IdentitiesOnly', value: 'yes' },
    // A shared connection of the user's would outlive ours.
    { keyword: 'ControlPath', value: 'none' },
    { keyword: 'ServerAliveInterval', value: String(SERVER_ALIVE_INTERVAL_SECONDS) },
    { keyword: 'ServerAliveCountMax', value: String(SERVER_ALIVE_COUNT_MAX) },
    { keyword: 'ProxyCommand', value: proxyCommandValue(cluster.proxyCommand) },
  ];
}
