import { SshConfigError } from '../errors.ts';
import { assertOneLine } from './configArgument.ts';

/** A literal argument, or one that OpenSSH fills in: `h` the host name, `p` the port (ssh_config(5), TOKENS). */
export type ProxyCommandArgument = string | { readonly token: 'h' | 'p' };

/**
 * Writes the argv of a program as the value of `ProxyCommand`, which OpenSSH hands to the user's shell, whichever that
 * is: the quoting is read alike by sh, bash, zsh, fish, csh and their kin. On Windows it is read by cmd.exe.
 *
 * @throws SshConfigError for an argument that cannot be quoted.
 */
export function proxyCommandValue(argv: readonly ProxyCommandArgument[]): string {
  const quote = process.platform === 'win32' ? quoteForWindows : quoteForShells;
  return argv
    .map((argument) => {
      if (typeof argument !== 'string') return quote(`%${argument.token}`);
      return quote(argument).replaceAll('%', '%%');
    })
    .join(' ');
}

/**
 * Gives patterns for a `Host` line that keep out every name with a character that could end the quotes around `%h`, in
 * any of those shells. OpenSSH itself refuses most such names only since 9.6.
 */
export function hostPatternsAgainstInjection(argv: readonly ProxyCommandArgument[]): readonly string[] {
  const isToken = argv.some((argument) => typeof argument !== 'string' && argument.token === 'h');
  if (!isToken) return [];
  return process.platform === 'win32' ? ['!*%*', '!*^*', '!*&*', '!*|*', '!*<*', '!*>*'] : [`"!*'*"`, '!*\\*', '!*!*'];
}

/** A backslash or a quote stands outside the quotes, where every shell reads it alike. */
function quoteForShells(text: string): string {
  if (text === '') return "''";
  assertOneLine(text);
  if (/^[\w./:@+,-]+$/.test(text)) return text;
  return text.replaceAll(/[^'\\!]+|['\\!]/g, (part) => (/['\\!]/.test(part) ? `\\${part}` : `'${part}'`));
}

function quoteForWindows(text: string): string {
  if (/["%]|\\$/.test(text)) throw new SshConfigError(`${JSON.stringify(text)} cannot be an argument of ProxyCommand`);
  assertOneLine(text);
  return /^[\w./:\\@+,-]+$/.test(text) ? text : `"${text}"`;
}
