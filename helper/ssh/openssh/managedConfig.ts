import { assertSafeDestination } from '../config/destination.ts';
import { assertOneLine, includeArgument, quoteConfigArgument } from './configArgument.ts';
import { fileArgument, sharedKeywords } from './managedKeywords.ts';
import { hostPatternsAgainstInjection, type ProxyCommandArgument } from './proxyCommand.ts';

/** One host of ours, by the name people type. */
export interface ManagedHost {
  readonly host: string;
  readonly user: string;
}

/** Hosts that share everything but their user. */
export interface ManagedCluster {
  /** As on a `Host` line, for instance `*.ssh.example.com`. Hosts that no pattern matches are added by name. */
  readonly hostPatterns: readonly string[];
  readonly hosts: readonly ManagedHost[];
  /** Absolute; the only file of known hosts that counts. */
  readonly knownHostsFile: string;
  /** The one name under which the host keys of all these hosts are known; left out where each has its own. */
  readonly hostKeyAlias?: string;
  /**
   * Absolute; the only keys to offer, beside those the user's configuration adds. A `.pub` file stands for a key in the
   * agent; for a key in a file it is the private file. None means no keys.
   */
  readonly identityFiles: readonly string[];
  /** What is given as a file is a directory with a file for each host, named as the host. */
  readonly filesPerHost?: boolean;
  readonly proxyCommand: readonly ProxyCommandArgument[];
}

/** All hosts of ours. */
export interface ManagedConfig {
  /** Comment lines for the top of the file, without `#`. */
  readonly comment: readonly string[];
  readonly clusters: readonly ManagedCluster[];
}

/** What OpenSSH reads when it is not told otherwise, absolute; left out what does not exist or must not be read. */
export interface OrdinaryConfigFiles {
  readonly user?: string;
  readonly system?: string;
}

/**
 * Writes the configuration of hosts of ours, to be included before anything else of the user's: a `Host` block with the
 * user for each host, and one for each cluster with everything else (ssh_config(5)).
 *
 * @throws SshConfigError for a name or path that OpenSSH could not read back as it is.
 */
export function managedConfigText(config: ManagedConfig): string {
  return [
    ...config.comment.map((line) => commentLine(line)),
    ...config.clusters.flatMap((cluster) => [...cluster.hosts.flatMap(hostBlock), ...clusterBlock(cluster)]),
    '',
  ].join('\n');
}

/**
 * Writes the same as a whole configuration for `ssh -F`, which reads neither the user's nor the system's file by itself:
 * it goes on with them, for every host, as OpenSSH would.
 *
 * @throws SshConfigError as {@link managedConfigText}.
 */
export function overlayConfigText(config: ManagedConfig, ordinary: OrdinaryConfigFiles): string {
  const files = [ordinary.user, ordinary.system].filter((file) => file !== undefined);
  const ending = files.map((file) => `  Include ${includeArgument(file)}`);
  // An Include in a Host block counts for its hosts alone, so the last block must end first.
  return [managedConfigText(config), 'Host *', ...ending, ''].join('\n');
}

function hostBlock({ host, user }: ManagedHost): readonly string[] {
  assertSafeDestination({ host, user });
  return ['', `Host ${host}`, `  User ${quoteConfigArgument(user)}`];
}

function clusterBlock(cluster: ManagedCluster): readonly string[] {
  const patterns = [...clusterPatterns(cluster), ...hostPatternsAgainstInjection(cluster.proxyCommand)];
  const identityFiles = cluster.identityFiles.map((path) => `  IdentityFile ${fileArgument(cluster, path)}`);
  return [
    '',
    `Host ${patterns.join(' ')}`,
    ...sharedKeywords(cluster).map(({ keyword, value }) => `  ${keyword} ${value}`),
    ...(identityFiles.length === 0 ? ['  IdentityFile none'] : identityFiles),
  ];
}

function clusterPatterns({ hostPatterns, hosts }: ManagedCluster): readonly string[] {
  for (const pattern of hostPatterns) assertSafeDestination({ host: pattern.replaceAll(/[*?]/g, 'x') });
  const expressions = hostPatterns.map(expressionOfPattern);
  const others = hosts.map(({ host }) => host).filter((host) => !expressions.some((pattern) => pattern.test(host)));
  return [...hostPatterns, ...others];
}

function expressionOfPattern(pattern: string): RegExp {
  const literal = pattern.replaceAll(/[.\\+^$()[\]{}|]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

function commentLine(text: string): string {
  assertOneLine(text);
  return `# ${text}`;
}
