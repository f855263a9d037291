/** What names a host, as `ssh` splits it: a URI, or `[user@]host[:port]`. */
export interface HostSpec {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/**
 * Parses `ssh://[user[;parameters]@]host[:port][/]`, the user percent-encoded (ssh(1)). Gives undefined for another kind
 * of text and `invalid` for a URI that OpenSSH refuses; an IPv6 address, in brackets or not, is one of these.
 */
export function parseSshUri(text: string): HostSpec | 'invalid' | undefined {
  if (!text.startsWith('ssh://')) return undefined;
  const [, , encodedUser, location = ''] = /^(([^@]*)@)?(.*)$/s.exec(text.slice('ssh://'.length)) ?? [];
  const user = encodedUser === undefined ? undefined : decodeUser(encodedUser.replace(/;.*$/s, ''));
  if (encodedUser !== undefined && (user === undefined || user === '')) return 'invalid';
  const [, bracketed, plain, portText] =
    /^(?:\[([^\]]*)\]|([^:/[][^:/]*))(?::|(?::([^/]+))?\/?)$/s.exec(location) ?? [];
  const written = bracketed ?? plain ?? '';
  const port = parsePort(portText);
  if (!isDomain(written) || port === 'invalid') return 'invalid';
  return spec(written.replace(/\.$/, ''), user, port);
}

/** Parses `[user@]host[:port]` or with the host in brackets, as in `ProxyJump`; `invalid` when OpenSSH refuses it. */
export function parseUserHostPort(text: string): HostSpec | 'invalid' {
  const at = text.lastIndexOf('@');
  if (at === 0) return 'invalid';
  const user = at === -1 ? undefined : text.slice(0, at);
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:/[][^:/]*))(?::(.*))?$/s.exec(text.slice(at + 1)) ?? [];
  const host = bracketed ?? plain;
  const port = parsePort(portText);
  if (host === undefined || host === '' || port === 'invalid') return 'invalid';
  return spec(host, user, port);
}

/** Parses a port number as OpenSSH does, blanks and a sign before it included; not the names of /etc/services. */
export function parsePort(text: string | undefined): number | 'invalid' | undefined {
  if (text === undefined || text === '') return undefined;
  const port = /^\s*\+?\d+$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : 'invalid';
}

function spec(host: string, user: string | undefined, port: number | undefined): HostSpec {
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}

function decodeUser(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return undefined; // a percent sign without a byte
  }
}

function isDomain(host: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(host) && !host.includes('..');
}
