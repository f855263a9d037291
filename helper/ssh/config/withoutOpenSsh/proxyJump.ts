import { type HostSpec, parseSshUri, parseUserHostPort } from '../hostSpec.ts';

/** `ProxyJump`: the last hop is the one that connects to the destination. */
export interface ProxyJump {
  readonly lastHop: HostSpec;
  /** As `ssh -G` prints it. */
  readonly text: string;
}

/**
 * Parses the value of `ProxyJump`, hops separated by commas up to a blank or `#`; `none` in any case is no jump.
 * Gives `invalid` when OpenSSH refuses a hop.
 */
export function parseProxyJump(written: string): ProxyJump | 'none' | 'invalid' {
  const value = written.replace(/^[ \t\r\n=]+/, '');
  if (value.toLowerCase() === 'none') return 'none';
  const texts = value.replace(/[\s#].*$/s, '').split(',');
  const hops = texts.map((text) => parseSshUri(text) ?? parseUserHostPort(text));
  const lastHop = hops.at(-1);
  if (lastHop === undefined || lastHop === 'invalid' || hops.includes('invalid')) return 'invalid';
  return { lastHop, text: [...texts.slice(0, -1), format(lastHop)].join(',') };
}

function format({ user, host, port }: HostSpec): string {
  const needsBrackets = host.includes(':') || /^[0-9.]*$/.test(host);
  const location = needsBrackets ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${location}${port === undefined ? '' : `:${port}`}`;
}
