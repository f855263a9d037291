import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProgram } from '../../platform/findProgram.ts';
import { passwdHome } from '../../platform/home.ts';

/** The environment of a process. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Where OpenSSH and its files are, and as whom it runs. */
export interface OpenSshEnvironment {
  /** The ssh program found on PATH; undefined when this machine has none. */
  readonly sshPath: string | undefined;
  /** What `-F` was given: an absolute path, or `none`. */
  readonly configFile: string | undefined;
  readonly home: string;
  /** With a home other than the passwd entry's, nothing of that one is read. */
  readonly homeIsOverridden: boolean;
  /**
   * The environment of every child. With an overridden home its `HOME` is that one: `Include` is resolved by glob(3),
   * which follows `$HOME`, and so does the shell of `Match exec`.
   */
  readonly env: EnvironmentVariables;
}

/** What counts instead of what OpenSSH would find by itself. */
export interface OpenSshOverrides {
  readonly home?: string;
  readonly configFile?: string;
  readonly env?: EnvironmentVariables;
}

/** Finds OpenSSH and decides which home and configuration file count. Relative paths are taken from the working directory. */
export function openSshEnvironment(overrides: OpenSshOverrides = {}): OpenSshEnvironment {
  const home = overrides.home === undefined ? passwdHome() : resolve(overrides.home);
  const homeIsOverridden = home !== passwdHome();
  const env = overrides.env ?? process.env;
  return {
    sshPath: findProgram('ssh', env, windowsOpenSsh(env)),
    configFile: resolveConfigFile(overrides.configFile),
    home,
    homeIsOverridden,
    env: homeIsOverridden ? { ...env, HOME: home } : env,
  };
}

/**
 * Gives the configuration file to pass to OpenSSH with `-F`, `none` included; undefined when OpenSSH is to find its own.
 * With an overridden home there always is one, for without `-F` OpenSSH reads the passwd home's.
 */
export function effectiveConfigFile(environment: OpenSshEnvironment): string | undefined {
  if (environment.configFile !== undefined) return environment.configFile;
  if (!environment.homeIsOverridden) return undefined;
  const homeConfigFile = join(environment.home, '.ssh', 'config');
  return statSync(homeConfigFile, { throwIfNoEntry: false }) === undefined ? 'none' : homeConfigFile;
}

function resolveConfigFile(configFile: string | undefined): string | undefined {
  return configFile === undefined || configFile === 'none' ? configFile : resolve(configFile);
}

/** Windows has OpenSSH in a directory of its own, which is not on every PATH. */
function windowsOpenSsh({ SystemRoot }: EnvironmentVariables): readonly string[] {
  return process.platform === 'win32' && SystemRoot !== undefined ? [join(SystemRoot, 'System32', 'OpenSSH')] : [];
}
