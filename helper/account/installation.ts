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
  const url = parseUrl(trimmed);
  if (url === null || !isHostName(url.hostname) || url.username !== '') {
    throw failure('INVALID_ARGUMENT', { argument: 'host', problem: `"${trimmed.slice(0, 100)}" is not a host name` });
  }
  if (url.protocol !== 'https:') {
    throw failure('INVALID_ARGUMENT', { argument: 'host', problem: 'only https installations are supported' });
  }
  // A name with a dot at its end is the same to DNS, but another one to certificates and to the server.
  url.hostname = url.hostname.replace(/\.$/, '');
  return { host: url.host, hostname: url.hostname, origin: url.origin };
}

function parseUrl(text: string): URL | null {
  if (text.startsWith('/') || /[\t\r\n]/.test(text)) return null; // a URL's line breaks would be left out without a word
  return URL.parse(text.includes('://') ? text : `https://${text}`);
}

/** A name may have 253 characters and a dot at its end (RFC 1035 §2.3.4). */
function isHostName(hostname: string): boolean {
  return /^[a-z0-9.\-[\]:]{1,254}$/.test(hostname) && hostname !== '.';
}
