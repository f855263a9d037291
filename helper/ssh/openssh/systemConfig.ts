import { existsSync } from 'node:fs';
import type { OpenSshEnvironment } from '../config/openSsh.ts';

const systemConfigFile = '/etc/ssh/ssh_config';

/** The system's configuration, absolute; undefined when there is none, or OpenSSH does not read it in this environment. */
export function existingSystemConfig({ homeIsOverridden, configFile }: OpenSshEnvironment): string | undefined {
  const isOverridden = homeIsOverridden || configFile !== undefined;
  return isOverridden || !existsSync(systemConfigFile) ? undefined : systemConfigFile;
}
