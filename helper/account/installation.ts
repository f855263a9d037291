import { failure } from '../failures.ts';

/** One Gitpod installation. */
export interface Installation {
  /** `gitpod.io`, or `name:port` where it is not on 443: what a person types and every message shows. */
  readonly host: string;
  /** The name without the port. */
  readonly hostname: string;
  /** `https://<host>`, without a slash at the end. */
  readonly origin: string;
}

/**
 * Reads what a person or link gives as the host: a name, `name:port`, or a URL whose path does not matter.
 *
 * @throws Failure INVALID_ARGUMENT.
 */
export function parseInstallation(text: string): Installation {
  const trimmed = text.trim();
  const url = trimmed.startsWith('/') ? null : URL.parse(trimmed.includes('://') ? trimmed : `https://${trimmed}`);
  if (url === null || url.hostname === '' || url.username !== '' || !/^[a-z0-9.\-[\]:]+$/.test(url.hostname)) {
    throw failure('INVALID_ARGUMENT', { argument: 'host', problem: `"${trimmed.slice(0, 100)}" is not a host name` });
  }
  if (url.protocol !== 'https:') {
    throw failure('INVALID_ARGUMENT', { argument: 'host', problem: 'only https installations are supported' });
  }
  return { host: url.host, hostname: url.hostname, origin: url.origin };
}
