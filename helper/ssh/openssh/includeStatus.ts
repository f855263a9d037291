import type { OpenSshEnvironment } from '../config/openSsh.ts';
import { SshConfigConflictError } from './errors.ts';
import type { HostExpectation } from './expectedResolution.ts';
import { type IncludePlace, includeLine, includePlace } from './includeLine.ts';
import { type CheckOptions, type Conflict, conflictError, resolutionChecker } from './resolutionCheck.ts';
import { readUserConfig, userConfigPath } from './userConfigFile.ts';

/** Whether the user's configuration includes a file of ours and OpenSSH acts on it. */
export interface IncludeStatus {
  /** `none` with `-F none`. */
  readonly userConfigFile: string;
  /** Where our `Include` is in it; only on the first line nothing can come before it. */
  readonly place: IncludePlace;
  /** Whether OpenSSH resolves the hosts as meant; `unknown` on a machine without OpenSSH. */
  readonly inForce: 'yes' | 'no' | 'unknown';
  /** What keeps an `Include` that is there from being in force, with the lines in the way. */
  readonly conflicts: readonly SshConfigConflictError[];
}

/**
 * Tells whether a file of ours is included in the user's configuration and whether OpenSSH acts on it. Writes nothing.
 *
 * @throws SshConfigWriteError when the user's file is there and cannot be read.
 */
export async function includeStatus(
  environment: OpenSshEnvironment,
  managedFile: string,
  expectations: readonly HostExpectation[],
  options: CheckOptions,
): Promise<IncludeStatus> {
  if (environment.configFile === 'none') {
    return { userConfigFile: 'none', place: 'absent', inForce: 'no', conflicts: [] };
  }
  const userConfigFile = userConfigPath(environment);
  const { content } = await readUserConfig(userConfigFile);
  const place = content === undefined ? 'absent' : includePlace(content.bytes, includeLine(managedFile));
  const checker = resolutionChecker(environment, options);
  if (checker === undefined) return { userConfigFile, place, inForce: 'unknown', conflicts: [] };
  const conflicts = await explainRefusal(() => checker.conflictsWith(expectations));
  const inForce = conflicts.length === 0 ? 'yes' : 'no';
  return { userConfigFile, place, inForce, conflicts: place === 'absent' ? [] : conflicts };
}

async function explainRefusal(
  listConflicts: () => Promise<readonly Conflict[]>,
): Promise<readonly SshConfigConflictError[]> {
  try {
    return (await listConflicts()).map(conflictError);
  } catch (error) {
    if (error instanceof SshConfigConflictError) return [error];
    throw error;
  }
}
