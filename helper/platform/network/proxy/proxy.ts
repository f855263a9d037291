import { Secret } from '../../secret.ts';

/** How a proxy is spoken to. Names always resolve at the proxy, with `socks4` by its extension 4a. */
export type ProxyScheme = 'http' | 'https' | 'socks4' | 'socks5';

/** A proxy in front of the network. */
export interface ProxyServer {
  readonly scheme: ProxyScheme;
  /** A name or an IP address, without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** `http://proxy.example:3128`: what every message shows. */
  readonly name: string;
}

/** What a proxy wants to know of who asks. */
export interface ProxyLogin {
  readonly username: string;
  readonly password: Secret;
}

const schemes: Readonly<Record<string, { readonly scheme: ProxyScheme; readonly defaultPort: number }>> = {
  'http:': { scheme: 'http', defaultPort: 80 },
  'https:': { scheme: 'https', defaultPort: 443 },
  'socks:': { scheme: 'socks5', defaultPort: 1080 },
  'socks4:': { scheme: 'socks4', defaultPort: 1080 },
  'socks4a:': { scheme: 'socks4', defaultPort: 1080 },
  'socks5:': { scheme: 'socks5', defaultPort: 1080 },
  'socks5h:': { scheme: 'socks5', defaultPort: 1080 },
};

/** A proxy as a URL names it, and the user name and password in it. */
export interface ParsedProxy {
  readonly proxy: ProxyServer;
  /** Empty for none. */
  readonly username: string;
  readonly password: Secret | undefined;
}

/**
 * Parses `[SCHEME://][NAME[:PASSWORD]@]HOST[:PORT][/]`; without a scheme it is an HTTP proxy, as for curl(1).
 *
 * @throws SyntaxError, whose message has nothing of the URL but its scheme: it may hold a password.
 */
export function parseProxyUrl(text: string): ParsedProxy {
  const trimmed = text.trim();
  const written = /^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  const url = URL.parse(written);
  const known = url === null ? undefined : schemes[url.protocol];
  if (url === null) throw new SyntaxError('it is not of the form http://HOST:PORT');
  if (known === undefined) throw new SyntaxError(`${url.protocol}// is not a kind of proxy known here`);
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (hostname === '' || url.pathname.length > 1 || url.search !== '' || url.hash !== '') {
    throw new SyntaxError('it is not of the form http://HOST:PORT');
  }
  const port = url.port === '' ? known.defaultPort : Number(url.port);
  if (port === 0) throw new SyntaxError('0 is not a port');
  const name = `${known.scheme}://${url.hostname}:${port}`;
  const password = decode(url.password);
  return {
    proxy: { scheme: known.scheme, hostname, port, name },
    username: decode(url.username),
    password: password === '' ? undefined : new Secret(password),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SyntaxError('its user name or password has a % that is not part of an encoded character');
  }
}
