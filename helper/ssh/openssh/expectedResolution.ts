import type { SshGOutput } from '../config/sshG.ts';
import { escapeTokens } from './configArgument.ts';
import type { ManagedCluster, ManagedConfig } from './managedConfig.ts';
import { sharedKeywords } from './managedKeywords.ts';

/** What `ssh -G` must print for a host: of each keyword, lower-case, the first value; undefined where it must print none. */
export interface HostExpectation {
  readonly host: string;
  readonly values: ReadonlyMap<string, string | undefined>;
}

/** A keyword that OpenSSH resolves to something else than it should. */
export interface Deviation {
  readonly host: string;
  readonly keyword: string;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
}

/** Gives what OpenSSH must say of every host of a managed configuration. */
export function expectedResolution(config: ManagedConfig): readonly HostExpectation[] {
  return config.clusters.flatMap((cluster) => {
    const shared = sharedValues(cluster);
    const { knownHostsFile: file, filesPerHost } = cluster;
    return cluster.hosts.map(({ host, user }) => {
      const knownHosts = filesPerHost === true ? `${file}/${host}` : file;
      return {
        host,
        values: new Map([...shared, ['user', user], ['hostname', host], ['userknownhostsfile', knownHosts]]),
      };
    });
  });
}

/** Lists the keywords in which the output for a host is not as expected. */
export function deviationsFrom(expectation: HostExpectation, output: SshGOutput): readonly Deviation[] {
  return [...expectation.values].flatMap(([keyword, expected]) => {
    const actual = normalise(output.get(keyword)?.[0]);
    return actual === expected ? [] : [{ host: expectation.host, keyword, expected, actual }];
  });
}

/** Lists the keywords in which the outputs for a host differ. */
export function deviationsBetween(host: string, before: SshGOutput, after: SshGOutput): readonly Deviation[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((keyword) => {
    const expected = before.get(keyword)?.join('\n');
    const actual = after.get(keyword)?.join('\n');
    return actual === expected ? [] : [{ host, keyword, expected, actual }];
  });
}

function sharedValues(cluster: ManagedCluster): ReadonlyMap<string, string | undefined> {
  const [firstIdentityFile] = cluster.identityFiles;
  const values = new Map<string, string | undefined>(
    sharedKeywords(cluster).map(({ keyword, value }) => [keyword.toLowerCase(), normalise(value)]),
  );
  if (cluster.hostKeyAlias !== undefined) values.set('hostkeyalias', cluster.hostKeyAlias);
  const identityFile = firstIdentityFile === undefined ? 'none' : escapeTokens(firstIdentityFile);
  return values
    .set('identityfile', cluster.filesPerHost === true ? `${identityFile}/%h` : identityFile)
    .set('controlpath', undefined);
}

/** Some versions print flags as `true` and `false`, and for some keywords only. */
function normalise(value: string | undefined): string | undefined {
  switch (value) {
    case 'true':
      return 'yes';
    case 'false':
      return 'no';
    default:
      return value;
  }
}
