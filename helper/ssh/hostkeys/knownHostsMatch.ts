import { createHmac } from 'node:crypto';
import type { KnownHostsEntry } from './knownHostsFile.ts';

/** A hashed name's beginning: format 1, HMAC-SHA1 with the salt as its key. */
const HASHED = /^\|1\|([A-Za-z0-9+/]{27}=)\|([A-Za-z0-9+/]{27}=)$/;

/** Gives the name under which OpenSSH looks a host up: lower-case, with its port unless that is 22. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Lists the entries that are about a name, as `ssh-keygen -F` does. */
export function entriesFor(entries: readonly KnownHostsEntry[], name: string): readonly KnownHostsEntry[] {
  return entries.filter(({ hosts }) => matchesHosts(hosts, name.toLowerCase()));
}

/** One negated pattern that matches outweighs all others (ssh_config(5), PATTERNS). */
function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return matchesHashed(hosts, name);
  const patterns = hosts.toLowerCase().split(',');
  const isNegated = patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name));
  return !isNegated && patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(pattern, name));
}

function matchesHashed(hosts: string, name: string): boolean {
  const [, salt, hash] = HASHED.exec(hosts) ?? [];
  if (salt === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` is any number of characters and `?` one. Runs in the product of both lengths, whatever the pattern. */
function matchesPattern(pattern: string, name: string): boolean {
  let reached = new Set([0]); // lengths of the name that the pattern so far can match
  for (const character of pattern) {
    const next = new Set<number>();
    for (const length of reached) {
      if (character === '*') for (let longer = length; longer <= name.length; longer++) next.add(longer);
      else if (length < name.length && (character === '?' || character === name[length])) next.add(length + 1);
    }
    reached = next;
  }
  return reached.has(name.length);
}
