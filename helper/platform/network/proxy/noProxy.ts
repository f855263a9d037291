import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Whether a host is reached without a proxy, as curl(1) reads NO_PROXY: `*` is every host; a name stands for itself and
 * for what is below it, with or without a dot in front; an address for itself, `ADDRESS/BITS` for a network. A port after
 * a name or address limits it to that port.
 */
export function isExempt(hostname: string, port: number, entries: readonly string[]): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return entries.some((entry) => matches(host, port, entry.trim().toLowerCase()));
}

/** Splits the environment variable's value. */
export function splitNoProxy(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

function matches(host: string, port: number, entry: string): boolean {
  if (entry === '*') return true;
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  const pattern = bracketed ?? plain ?? entry; // an IPv6 address may come without brackets
  if (pattern === '' || (portText !== undefined && Number(portText) !== port)) return false;
  return isIP(host) === 0 ? isBelow(host, pattern) : isInNetwork(host, pattern);
}

function isBelow(host: string, pattern: string): boolean {
  const domain = pattern.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isInNetwork(address: string, pattern: string): boolean {
  const [network = '', bitsText] = pattern.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const longest = family === 'ipv6' ? 128 : 32;
  const bits = bitsText === undefined ? longest : Number(bitsText);
  const isSameFamily = isIP(network) === isIP(address);
  if (!isSameFamily || bitsText === '' || !Number.isInteger(bits) || bits < 0 || bits > longest) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(address, family);
}
