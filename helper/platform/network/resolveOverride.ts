import { isIP } from 'node:net';

/** Hosts that match `patterns` are dialled at `address` instead of what DNS says. */
export interface ResolveOverride {
  readonly patterns: readonly string[];
  readonly address: string;
}

/**
 * Parses `PATTERN-LIST=ADDRESS`, such as `*.ws.example.test=10.0.0.7`. The list is one of ssh_config(5) PATTERNS:
 * separated by commas, `*` for any characters, `?` for one, `!` in front to exclude. The address is an IP address.
 *
 * @throws SyntaxError naming what is wrong.
 */
export function parseResolveOverride(text: string): ResolveOverride {
  const separator = text.lastIndexOf('=');
  const patterns = text
    .slice(0, Math.max(separator, 0))
    .split(',')
    .map((pattern) => pattern.trim().toLowerCase())
    .filter((pattern) => pattern !== '');
  const address = text
    .slice(separator + 1)
    .trim()
    .replace(/^\[(.*)\]$/, '$1');
  if (separator < 0 || patterns.length === 0) throw new SyntaxError(`"${text}" is not of the form PATTERN=ADDRESS`);
  if (isIP(address) === 0) throw new SyntaxError(`"${address}" in "${text}" is not an IP address`);
  return { patterns, address };
}

/** The address `hostname` is to be dialled at, or undefined to ask DNS. The first override that matches wins. */
export function overriddenAddress(hostname: string, overrides: readonly ResolveOverride[]): string | undefined {
  const name = hostname.toLowerCase();
  return overrides.find((override) => matchesPatternList(name, override.patterns))?.address;
}

function matchesPatternList(name: string, patterns: readonly string[]): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const plain = patterns.filter((pattern) => !pattern.startsWith('!'));
  return plain.some((pattern) => matches(name, pattern)) && !negated.some((pattern) => matches(name, pattern));
}

function matches(name: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
