import { dirname } from 'node:path';
import { log } from '../../log.ts';
import { Deadline, DeadlineError } from '../../platform/deadline.ts';
import type { OpenSshEnvironment } from '../config/openSsh.ts';
import type { SshGOutput } from '../config/sshG.ts';
import { explainWriteFailure, SshConfigWriteError } from './errors.ts';
import { lockFile } from './fileLock.ts';
import { includeLine, newFileWithInclude, withInclude, withoutInclude } from './includeLine.ts';
import { followLinks, removeLeftovers } from './replaceFile.ts';
import {
  type CheckOptions,
  conflictError,
  type ResolutionCheck,
  type ResolutionChecker,
  resolutionChecker,
} from './resolutionCheck.ts';
import {
  makeConfigDirectory,
  readUserConfig,
  removeDirectoryIfEmpty,
  removeUserConfig,
  type UserConfigFile,
  userConfigPath,
  warningsOf,
  writeUserConfig,
} from './userConfigFile.ts';

/** What installing an `Include` came to. */
export interface IncludeInstallation {
  readonly userConfigFile: string;
  readonly change: 'installed' | 'unchanged';
  /** False on a machine without OpenSSH, where nobody can be asked. */
  readonly isVerified: boolean;
  /** Sentences on what else is wrong with the file, for a person. */
  readonly warnings: readonly string[];
}

const LOCK_DEADLINE_MS = 30_000;

/**
 * Makes OpenSSH read a file of ours before anything else of the user's: one `Include` on the first line of the user's
 * configuration file, which is made when missing. Everything else in it stays byte for byte, and so do mode, owner and
 * symbolic links. Then asks OpenSSH whether the hosts resolve as they must; if not, all is as before.
 *
 * @param managedFile absolute; already written.
 * @throws SshConfigWriteError when the file cannot be read or written; nothing has changed then.
 * @throws SshConfigConflictError when OpenSSH refuses the configuration, or resolves a host of ours otherwise than
 * expected, or another host otherwise than before; nothing has changed then.
 */
export async function installInclude(
  environment: OpenSshEnvironment,
  managedFile: string,
  check: ResolutionCheck,
  options: CheckOptions,
): Promise<IncludeInstallation> {
  const path = userConfigPath(environment);
  const checker = resolutionChecker(environment, options);
  return withUserConfigLocked(path, options.signal, async (directory) => {
    await readUserConfig(path); // OpenSSH would wait for a pipe
    const before = await checker?.resolve(check.otherHosts);
    const file = await readUserConfig(path); // again: an editor knows nothing of the lock
    const written = contentWithInclude(file, includeLine(managedFile), directory);
    const change = file.content?.bytes.equals(written) === true ? 'unchanged' : 'installed';
    if (change === 'installed') await writeUserConfig(file, written);
    try {
      if (checker !== undefined && before !== undefined) await verify(checker, check, before);
    } catch (error) {
      if (change === 'installed') await undo(file, written, managedFile);
      throw error;
    }
    if (change === 'installed') log.info('openssh.include_installed', { path, managedFile });
    return { userConfigFile: path, change, isVerified: checker !== undefined, warnings: await warningsOf(file) };
  });
}

/**
 * Takes our `Include` out of the user's configuration again, and what was made for it: what is left is byte for byte
 * what it was, apart from what others have changed since.
 *
 * @throws SshConfigWriteError when the file cannot be read or written; nothing has changed then.
 */
export async function removeInclude(
  environment: OpenSshEnvironment,
  managedFile: string,
  options: { readonly signal: AbortSignal },
): Promise<'removed' | 'absent'> {
  const path = userConfigPath(environment);
  const { content } = await explained(path, () => readUserConfig(path));
  if (content === undefined) return 'absent';
  const change = await withUserConfigLocked(path, options.signal, async () =>
    takeOutInclude(await readUserConfig(path), managedFile),
  );
  if (change === 'unchanged') return 'absent';
  // The lock is in that directory and had to go first.
  if (change === 'directory-obsolete') await removeDirectoryIfEmpty(dirname(await followLinks(path)));
  log.info('openssh.include_removed', { path, managedFile });
  return 'removed';
}

async function takeOutInclude(
  file: UserConfigFile,
  managedFile: string,
): Promise<'changed' | 'unchanged' | 'directory-obsolete'> {
  if (file.content === undefined) return 'unchanged';
  const left = withoutInclude(file.content.bytes, includeLine(managedFile));
  if (left.kind === 'edited' && left.bytes.equals(file.content.bytes)) return 'unchanged';
  if (left.kind === 'edited') await writeUserConfig(file, left.bytes);
  else await removeUserConfig(file);
  return left.kind === 'obsolete' && left.made === 'file-and-directory' ? 'directory-obsolete' : 'changed';
}

function contentWithInclude({ content }: UserConfigFile, line: string, directory: 'made' | 'exists'): Buffer {
  if (content !== undefined) return withInclude(content.bytes, line);
  return newFileWithInclude(line, directory === 'made' ? 'file-and-directory' : 'file');
}

async function verify(
  checker: ResolutionChecker,
  check: ResolutionCheck,
  before: ReadonlyMap<string, SshGOutput>,
): Promise<void> {
  const [conflict] = [...(await checker.conflictsWith(check.expectations)), ...(await checker.changesSince(before))];
  if (conflict !== undefined) throw conflictError(conflict);
}

/** Gives the file back as it was; one that was saved by somebody else meanwhile only loses the line. */
async function undo(file: UserConfigFile, written: Buffer, managedFile: string): Promise<void> {
  const now = await readUserConfig(file.path);
  if (now.content?.bytes.equals(written) !== true) await takeOutInclude(now, managedFile);
  else if (file.content === undefined) await removeUserConfig(file);
  else await writeUserConfig(file, file.content.bytes);
}

/** Whoever else edits the file with this program waits meanwhile. A directory made for nothing is removed again. */
function withUserConfigLocked<T>(
  path: string,
  signal: AbortSignal,
  edit: (directory: 'made' | 'exists') => Promise<T>,
): Promise<T> {
  return explained(path, async () => {
    const target = await followLinks(path);
    const directory = await makeConfigDirectory(target);
    try {
      await using _lock = await lock(`${target}.lock`, path, signal);
      await removeLeftovers(target);
      return await edit(directory);
    } finally {
      if (directory === 'made') await removeDirectoryIfEmpty(dirname(target));
    }
  });
}

async function lock(lockPath: string, path: string, signal: AbortSignal): Promise<AsyncDisposable> {
  using deadline = new Deadline(`the lock of ${path}`, LOCK_DEADLINE_MS, signal);
  try {
    return await lockFile(lockPath, deadline.signal);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw new SshConfigWriteError(path, `is being edited by another process, which holds ${lockPath}`, {
      cause: error,
    });
  }
}

async function explained<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw explainWriteFailure(path, error);
  }
}
