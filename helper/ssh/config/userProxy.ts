import { basename } from 'node:path';
import { SshConfigError } from '../errors.ts';
import type { HostConfig } from './hostConfig.ts';
import { effectiveConfigFile, type OpenSshEnvironment } from './openSsh.ts';
import { parseProxyJump } from './withoutOpenSsh/proxyJump.ts';

/** The user's own way to a host: a program whose standard input and output lead to the host's port. */
export interface UserProxy {
  readonly keyword: 'ProxyJump' | 'ProxyCommand';
  /** The host that is jumped over, or the program's name: the rest of a command may hold secrets. */
  readonly name: string;
  /** The program and its arguments. */
  readonly argv: readonly [string, ...string[]];
}

/**
 * Gives the way that `ProxyJump` or `ProxyCommand` makes (ssh_config(5)); undefined when the host is dialled directly.
 * As OpenSSH does it, a jump is `ssh -W`, and a command is run by the user's shell with `exec`.
 *
 * @param port the host's port.
 * @throws SshConfigError for a token that OpenSSH does not know either.
 */
export function userProxy(config: HostConfig, port: number, environment: OpenSshEnvironment): UserProxy | undefined {
  const { proxyJump, proxyCommand } = config;
  if (proxyJump !== undefined) return jump(expandTokens(proxyJump, config, port), config, port, environment);
  if (proxyCommand === undefined) return undefined;
  const argv = inShell(expandTokens(proxyCommand, config, port), environment);
  return { keyword: 'ProxyCommand', name: programOf(proxyCommand), argv };
}

/** Names it in half a sentence, without what may be secret. */
export function describeUserProxy({ keyword, name }: UserProxy): string {
  return `your ${keyword} (${name})`;
}

function jump(text: string, { hostName }: HostConfig, port: number, environment: OpenSshEnvironment): UserProxy {
  const parsed = parseProxyJump(text);
  if (parsed === 'none' || parsed === 'invalid') throw new SshConfigError('ProxyJump names no host');
  const { host, user, port: jumpPort } = parsed.lastHop;
  const configFile = effectiveConfigFile(environment);
  const hopsBefore = parsed.text.split(',').slice(0, -1).join(',');
  const args = [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(jumpPort === undefined ? [] : ['-p', String(jumpPort)]),
    ...(hopsBefore === '' ? [] : ['-J', hopsBefore]),
    ...['-W', `[${hostName}]:${port}`, '--', host],
  ];
  return { keyword: 'ProxyJump', name: host, argv: [environment.sshPath ?? 'ssh', ...args] };
}

function inShell(command: string, { env }: OpenSshEnvironment): UserProxy['argv'] {
  if (process.platform === 'win32') return [env['ComSpec'] ?? 'cmd.exe', '/d', '/s', '/c', `"${command}"`];
  const { SHELL } = env;
  return [SHELL === undefined || SHELL === '' ? '/bin/sh' : SHELL, '-c', `exec ${command}`];
}

/** `ssh -G` prints both keywords as they were written (ssh_config(5), TOKENS). */
function expandTokens(text: string, config: HostConfig, port: number): string {
  const values = new Map([
    ['%', '%'],
    ['h', config.hostName],
    ['k', config.hostKeyAlias ?? config.host],
    ['n', config.host],
    ['p', String(port)],
    ['r', config.user],
  ]);
  return text.replaceAll(/%(.?)/gs, (written, token: string) => {
    const value = values.get(token);
    if (value === undefined) throw new SshConfigError(`${written} in ProxyJump or ProxyCommand has no value`);
    return value;
  });
}

/** The first word that is neither `exec` nor sets a variable. */
function programOf(command: string): string {
  const [, program = ''] =
    /^(?:exec\s+|\w+=(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])*\s+)*("[^"]*"|'[^']*'|(?:\\.|[^\s\\])+)/.exec(command.trim()) ??
    [];
  return basename(program.replaceAll(/["'\\]/g, ''));
}
