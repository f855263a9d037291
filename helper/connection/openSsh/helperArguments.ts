import { resolve } from 'node:path';
import type { HelperSettings } from '../core.ts';

/** What of the settings another run of the helper must be given; credentials are not. */
export type RepeatableSettings = Pick<
  HelperSettings,
  'caFile' | 'resolve' | 'proxy' | 'sshThroughProxy' | 'sshPort' | 'home' | 'sshConfigFile'
>;

/** The command line options that give another run of the helper the same settings for an installation. */
export function helperArguments(host: string, settings: RepeatableSettings): readonly string[] {
  const { caFile, resolve: overrides, proxy, sshThroughProxy, sshPort, home, sshConfigFile } = settings;
  const absolute = (path: string) => (path === 'none' ? path : resolve(path));
  return [
    ...['--host', host],
    ...(caFile === '' ? [] : ['--ca-file', absolute(caFile)]),
    ...overrides.flatMap((override) => ['--resolve', override]),
    ...(proxy === undefined ? [] : ['--proxy', proxy.url === '' ? 'direct' : proxy.url]),
    ...(sshThroughProxy ? ['--proxy-ssh'] : []),
    ...(sshPort === 0 || sshPort === 22 ? [] : ['--ssh-port', String(sshPort)]),
    ...(home === '' ? [] : ['--home', absolute(home)]),
    ...(sshConfigFile === '' ? [] : ['-F', absolute(sshConfigFile)]),
  ];
}
