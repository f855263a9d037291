import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Destination } from './destination.ts';
import type { HostConfig } from './hostConfig.ts';
import type { OpenSshEnvironment } from './openSsh.ts';

/** OpenSSH's own names in its order (ssh_config(5), IdentityFile), without the retired DSA and XMSS. */
const DEFAULT_KEY_NAMES = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'];

/** Gives what holds on a machine without OpenSSH: its defaults, and the note that no configuration file was read. */
export function hostConfigWithoutOpenSsh(destination: Destination, environment: OpenSshEnvironment): HostConfig {
  return {
    host: destination.host,
    hostName: destination.host,
    user: destination.user ?? userInfo().username,
    port: destination.port ?? 22,
    identityFiles: DEFAULT_KEY_NAMES.map((name) => ({ path: join(environment.home, '.ssh', name), origin: 'default' })),
    certificateFiles: [],
    identitiesOnly: false,
    identityAgent: { kind: 'unset' },
    pubkeyAuthentication: true,
    preferredAuthentications: undefined,
    pubkeyAcceptedAlgorithms: undefined,
    proxyJump: undefined,
    proxyCommand: undefined,
    hostKeyAlias: undefined,
    degraded:
      'OpenSSH was not found on this machine, so its configuration was not read: only the default key files and the agent are considered.',
  };
}
