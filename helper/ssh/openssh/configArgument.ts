import { SshConfigError } from '../errors.ts';

/**
 * Quotes one argument of ssh_config(5) so that OpenSSH reads it back as it is. A backslash or a double quote in it needs
 * OpenSSH 8.7 or later; earlier ones know no escapes.
 *
 * @throws SshConfigError for a line break or another control character, which no quoting can carry.
 */
export function quoteConfigArgument(text: string): string {
  assertOneLine(text);
  if (/^[\w./:@%+~,*?!-]+$/.test(text)) return text;
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/**
 * Writes a path as an argument in which OpenSSH expands tokens (`IdentityFile`, `UserKnownHostsFile`, ...), so that it
 * stays this path.
 *
 * @throws SshConfigError for what these arguments cannot express: a relative path, a control character, `${`.
 */
export function pathArgument(path: string): string {
  return quoteConfigArgument(escapeTokens(path));
}

/**
 * Writes the argument that OpenSSH expands to the file in a directory that is named as the host.
 *
 * @throws SshConfigError as {@link pathArgument}.
 */
export function pathOfHostArgument(directory: string): string {
  return quoteConfigArgument(`${escapeTokens(directory)}/%h`);
}

/** Doubles each `%`, as a path must be written where tokens are expanded; `ssh -G` prints some paths in this form. */
export function escapeTokens(path: string): string {
  const written = portablePath(path);
  if (written.includes('${')) {
    throw new SshConfigError(`OpenSSH would take a part of ${JSON.stringify(path)} for an environment variable`);
  }
  return written.replaceAll('%', '%%');
}

/**
 * Writes a path as the argument of `Include`, a glob(3) pattern. A character that glob, the quoting or the tokens of
 * some version (9.9 expands them here, earlier ones do not) would take for something else is matched by `?`.
 *
 * @throws SshConfigError for a relative path or a control character.
 */
export function includeArgument(path: string): string {
  return `"${portablePath(path).replaceAll(/[*?[\\"%$]/g, '?')}"`;
}

/** Every path is written absolute, on Windows with the slashes that need no quoting. */
function portablePath(path: string): string {
  assertOneLine(path);
  const onWindows = process.platform === 'win32';
  if (!(onWindows ? /^[a-z]:[\\/]|^\\\\/i : /^\//).test(path)) {
    throw new SshConfigError(`${JSON.stringify(path)} is not an absolute path`);
  }
  return onWindows ? path.replaceAll('\\', '/') : path;
}

export function assertOneLine(text: string): void {
  if (text === '' || /\p{Cc}/u.test(text)) {
    throw new SshConfigError(`${JSON.stringify(text)} cannot be written in an OpenSSH configuration`);
  }
}
