import type { ManagedCluster, ManagedConfig } from '../../../../../helper/ssh/openssh/managedConfig.ts';

/** A cluster with two hosts under a pattern and one beside it. */
export function clusterOf(overrides: Partial<ManagedCluster> = {}): ManagedCluster {
  return {
    hostPatterns: ['*.ssh.ws.test'],
    hosts: [
      { host: 'blue-fox-abc12345.ssh.ws.test', user: 'blue-fox-abc12345' },
      { host: 'red-owl-xyz98765.ssh.ws.test', user: 'red-owl-xyz98765' },
      { host: 'blue-fox-abc12345', user: 'blue-fox-abc12345' },
    ],
    knownHostsFile: '/managed/known_hosts/ws.test',
    hostKeyAlias: 'ws.test',
    identityFiles: ['/managed/id.pub'],
    proxyCommand: ['/opt/helper', 'proxy', { token: 'h' }, { token: 'p' }],
    ...overrides,
  };
}

export function configOf(overrides: Partial<ManagedCluster> = {}): ManagedConfig {
  return { comment: ['Written by a test.'], clusters: [clusterOf(overrides)] };
}
