import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { homeOfUser } from '../../platform/home.ts';
import { SshConfigError } from '../errors.ts';
import type { OpenSshEnvironment } from './openSsh.ts';

/** What the tokens of ssh_config(5) stand for, for one destination. */
export interface TokenValues {
  readonly originalHost: string;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  readonly proxyJump: string | undefined;
}

/**
 * Expands `~`, `%` tokens and `${VARIABLE}` in a path, in OpenSSH's order (ssh_config(5), TOKENS and ENVIRONMENT
 * VARIABLES).
 *
 * @throws SshConfigError for what OpenSSH dies of as well: an unknown token, a variable without value, an unknown user.
 */
export function expandPath(path: string, values: TokenValues, environment: OpenSshEnvironment): string {
  const tokens = tokenTable(values, environment);
  return expandTilde(path, environment.home).replace(
    /%(.?)|\$\{([^}]*)\}/gs,
    (written: string, token: string | undefined, variable: string | undefined) => {
      const value = token === undefined ? environment.env[variable ?? ''] : tokens.get(token)?.();
      if (value === undefined) throw new SshConfigError(`${written} in ${path} has no value`);
      return value;
    },
  );
}

function expandTilde(path: string, home: string): string {
  const [, user, rest] = /^~([^/]*)(.*)$/s.exec(path) ?? [];
  if (user === undefined || rest === undefined) return path;
  const base = user === '' || user === userInfo().username ? home : homeOfUser(user);
  if (base === undefined) throw new SshConfigError(`there is no user ${user}, whose home ${path} names`);
  return join(base, rest);
}

function tokenTable(values: TokenValues, environment: OpenSshEnvironment): ReadonlyMap<string, () => string> {
  const localHost = hostname();
  const connectionHash = () =>
    createHash('sha1')
      .update(localHost + values.hostName + values.port + values.user + (values.proxyJump ?? ''))
      .digest('hex');
  return new Map([
    ['%', () => '%'],
    ['C', connectionHash],
    ['d', () => environment.home],
    ['h', () => values.hostName],
    ['i', () => String(userInfo().uid)],
    ['j', () => values.proxyJump ?? ''],
    ['k', () => values.hostKeyAlias ?? values.originalHost],
    ['L', () => localHost.split('.')[0] ?? localHost],
    ['l', () => localHost],
    ['n', () => values.originalHost],
    ['p', () => String(values.port)],
    ['r', () => values.user],
    ['u', () => userInfo().username],
  ]);
}
