import { SshConfigError } from '../errors.ts';
import { type HostSpec, parseSshUri } from './hostSpec.ts';

/** Where to connect to, before the configuration had its say. */
export type Destination = HostSpec;

/**
 * Parses a destination as `ssh` does (ssh(1)): a URI, or `[user@]host`, where the last `@` counts and the host goes to the
 * end: a port is given in a URI or by an option only, and brackets belong to the name.
 *
 * @throws SshConfigError when `ssh` would refuse it, or `assertSafeDestination` does. Ports are numbers here, not the names
 *   of /etc/services.
 */
export function parseDestination(text: string): Destination {
  const uri = parseSshUri(text);
  if (uri === 'invalid') throw new SshConfigError(`${JSON.stringify(text)} is not an ssh:// address`);
  const destination = uri ?? splitAtUser(text);
  assertSafeDestination(destination);
  return destination;
}

function splitAtUser(text: string): Destination {
  const at = text.lastIndexOf('@');
  return at === -1 ? { host: text } : { host: text.slice(at + 1), user: text.slice(0, at) };
}

/**
 * Refuses a destination that could be read as an option, be split by ssh, or reach a shell through a token in
 * `ProxyCommand` or `Match exec`.
 *
 * @throws SshConfigError
 */
export function assertSafeDestination({ host, user, port }: Destination): void {
  if (host === '' || host.startsWith('-') || /[\s\p{Cc}'"`$\\;&<>|(){}@/,*?!#=]/u.test(host)) {
    throw new SshConfigError(`${JSON.stringify(host)} is not a host name`);
  }
  if (user !== undefined && (user === '' || /^-|[\s\p{Cc}'"`$;&<>|(){}]|\\$/u.test(user))) {
    throw new SshConfigError(`${JSON.stringify(user)} is not a user name`);
  }
  if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65535)) {
    throw new SshConfigError(`${port} is not a port`);
  }
}
