import { SshConfigError } from '../errors.ts';

/** Where to connect to, before the configuration had its say. */
export interface Destination {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
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
