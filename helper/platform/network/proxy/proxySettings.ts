import type { Secret } from '../../secret.ts';
import { splitNoProxy } from './noProxy.ts';
import { type ParsedProxy, type ProxyServer, parseProxyUrl } from './proxy.ts';

/** The proxy to use, and for what. */
export interface ProxySettings {
  readonly proxy: ProxyServer;
  /** Empty for none. */
  readonly username: string;
  readonly password: Secret | undefined;
  /** Hosts reached without it, in the form of NO_PROXY. */
  readonly noProxy: readonly string[];
}

/** A proxy that a front end or a person names. */
export interface GivenProxy {
  /** Without user name and password; empty for a direct connection. */
  readonly url: string;
  readonly username: string;
  readonly password: Secret | undefined;
  /** Undefined for the environment's. */
  readonly noProxy: readonly string[] | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** In curl's order: the lower-case name counts before the other, a protocol's own before that of all. */
const variables = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

/**
 * Decides on the proxy: the one that is given, else the environment's. Of a given one without a user name the environment
 * may know name and password, if it names the same proxy.
 *
 * @returns undefined for a direct connection.
 * @throws SyntaxError naming what is wrong, without anything that may be secret.
 */
export function proxySettings(given: GivenProxy | undefined, env: Environment): ProxySettings | undefined {
  const noProxy = given?.noProxy ?? splitNoProxy(env['no_proxy'] ?? env['NO_PROXY'] ?? '');
  if (given === undefined) {
    const fromEnvironment = environmentProxy(env);
    return fromEnvironment === undefined ? undefined : { ...fromEnvironment, noProxy };
  }
  if (given.url === '') return undefined;
  const { proxy, username, password } = parseProxyUrl(given.url);
  if (username !== '' || password !== undefined) {
    throw new SyntaxError(
      'user name and password do not belong here, where others may read them; HTTPS_PROXY may hold them',
    );
  }
  if (given.username !== '') return { proxy, username: given.username, password: given.password, noProxy };
  const known = environmentProxy(env);
  return known?.proxy.name === proxy.name
    ? { ...known, noProxy }
    : { proxy, username: '', password: undefined, noProxy };
}

function environmentProxy(env: Environment): ParsedProxy | undefined {
  const name = variables.find((variable) => (env[variable] ?? '').trim() !== '');
  if (name === undefined) return undefined;
  try {
    return parseProxyUrl(env[name] ?? '');
  } catch (error) {
    throw error instanceof SyntaxError ? new SyntaxError(`in ${name}, ${error.message}`) : error;
  }
}
