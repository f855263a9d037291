import { join } from 'node:path';
import { effectiveConfigFile, type OpenSshEnvironment } from '../openSsh.ts';

/** A file OpenSSH begins to read at. */
export interface ConfigSource {
  readonly path: string;
  readonly isUserFile: boolean;
  readonly mayBeMissing: boolean;
  /** It must belong to the user or root and be writable by nobody else. */
  readonly checksPermissions: boolean;
}

/** Gives the user's file and then the system's, or nothing but what `-F` names (ssh(1), FILES). */
export function configSources(environment: OpenSshEnvironment): readonly ConfigSource[] {
  const configFile = effectiveConfigFile(environment);
  if (configFile?.toLowerCase() === 'none') return [];
  if (configFile !== undefined) {
    return [{ path: configFile, isUserFile: true, mayBeMissing: false, checksPermissions: false }];
  }
  const userFile = join(environment.home, '.ssh', 'config');
  const systemFile = join(systemConfigDirectory(environment), 'ssh_config');
  return [
    { path: userFile, isUserFile: true, mayBeMissing: true, checksPermissions: true },
    { path: systemFile, isUserFile: false, mayBeMissing: true, checksPermissions: false },
  ];
}

export function systemConfigDirectory({ env }: OpenSshEnvironment): string {
  return process.platform === 'win32' ? join(env['ProgramData'] ?? 'C:\\ProgramData', 'ssh') : '/etc/ssh';
}
