import { SshConfigError } from '../../errors.ts';
import { readRegularFile } from '../../regularFile.ts';

/**
 * Gives the lines of a configuration file; undefined when there is none. As OpenSSH has it, a directory is an empty file.
 *
 * @throws SshConfigError when it cannot be read, is no regular file, is larger than 1 MiB or, if that is checked, could
 *   have been written by somebody else.
 */
export async function readConfigLines(
  path: string,
  options: { readonly checksPermissions: boolean },
): Promise<readonly string[] | undefined> {
  const { stat } = await import('node:fs/promises'); // at first use: the start is quicker without it
  const file = await readRegularFile(path);
  switch (file.state) {
    case 'missing':
      return undefined;
    case 'unreadable': {
      const isDirectory = await stat(path).then(
        (stats) => stats.isDirectory(),
        () => false,
      );
      if (isDirectory) return [];
      throw new SshConfigError(`${path} ${file.reason}`, { file: path });
    }
    case 'read':
      if (options.checksPermissions && mayBeForeign(file)) {
        throw new SshConfigError(`Bad owner or permissions on ${path}`, { file: path });
      }
      return file.bytes.toString('utf8').split('\n');
  }
}

/** Windows has no such mode and owner. Debian's OpenSSH lets a group write as well that has no other member. */
function mayBeForeign({ mode, ownerId }: { readonly mode: number; readonly ownerId: number }): boolean {
  if (process.getuid === undefined) return false;
  return (ownerId !== 0 && ownerId !== process.getuid()) || (mode & 0o022) !== 0;
}
