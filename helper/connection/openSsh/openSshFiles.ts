import { join } from 'node:path';
import { helperDirectory } from '../../platform/helperDirectory.ts';
import type { ConnectContext } from '../connectWorkspace.ts';

/** Where the files for OpenSSH are. */
export interface OpenSshFiles {
  /** All of them are in it, and nothing else. */
  readonly directory: string;
  /** What an `Include` in the user's configuration names. */
  readonly managedConfig: string;
  /** Whole configurations for `ssh -F`, one for each installation. */
  readonly overlayConfigs: string;
  readonly knownHosts: string;
  readonly publicKeys: string;
  /** What supervisors gave for the Local Companion's way: a file for each workspace, named as it. */
  readonly companionKnownHosts: string;
  readonly companionKeys: string;
  /** Programs that start this helper to answer a password prompt, one for each workspace. */
  readonly askpass: string;
}

/** The files for OpenSSH, in the helper's own directory. */
export function openSshFiles({ openSsh }: Pick<ConnectContext, 'openSsh'>): OpenSshFiles {
  const directory = join(helperDirectory(openSsh.home, openSsh.env), 'ssh');
  return {
    directory,
    managedConfig: join(directory, 'config'),
    overlayConfigs: join(directory, 'overlays'),
    knownHosts: join(directory, 'known_hosts'),
    publicKeys: join(directory, 'keys'),
    companionKnownHosts: join(directory, 'companion', 'known_hosts'),
    companionKeys: join(directory, 'companion', 'keys'),
    askpass: join(directory, 'askpass'),
  };
}
