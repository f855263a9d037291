import { isIPv6, SocketAddress } from 'node:net';
import { asciiLowerCase } from './configLine.ts';
import { errorAt } from './place.ts';
import type { Setting } from './settings.ts';

/** Expands `%h` and `%%` in `HostName` (ssh_config(5), TOKENS). Throws SshConfigError for another token. */
export function expandHostName({ value, place }: Setting, host: string): string {
  return value.replace(/%(.?)/gs, (written: string, token: string) => {
    if (token === 'h') return host;
    if (token === '%') return '%';
    throw errorAt(place, `${written} has no value in HostName ${value}`);
  });
}

/** Gives the name as OpenSSH uses it: an address in its usual form, a name in lower case. */
export function canonicalHostName(host: string): string {
  const address = isIPv6(host) ? canonicalIPv6(host) : canonicalIPv4(host);
  if (address === undefined) return asciiLowerCase(host);
  return asciiLowerCase(host) === asciiLowerCase(address) ? host : address;
}

function canonicalIPv6(written: string): string {
  const [address = '', scope] = written.split('%');
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return scope === undefined ? canonical : `${canonical}%${scope}`;
}

/**
 * Reads the numbers-and-dots forms of inet_aton(3): one to four numbers, decimal, octal or hexadecimal, the last of which
 * fills the remaining bytes.
 */
function canonicalIPv4(written: string): string | undefined {
  const numbers = written.split('.').map(parseNumber);
  const last = numbers.pop();
  if (last === undefined || numbers.length > 3 || last >= 256 ** (4 - numbers.length)) return undefined;
  let address = last;
  for (const [index, number] of numbers.entries()) {
    if (number === undefined || number > 255) return undefined;
    address += number * 256 ** (3 - index);
  }
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function parseNumber(digits: string): number | undefined {
  if (/^0x[0-9a-f]+$/i.test(digits)) return Number.parseInt(digits, 16);
  if (/^0[0-7]*$/.test(digits)) return Number.parseInt(digits, 8);
  return /^[1-9][0-9]*$/.test(digits) ? Number.parseInt(digits, 10) : undefined;
}
