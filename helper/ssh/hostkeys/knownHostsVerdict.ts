import type { KnownHostsEntry } from './knownHostsFile.ts';
import { entriesFor, knownHostsName } from './knownHostsMatch.ts';

/**
 * What OpenSSH makes of a server's key with `StrictHostKeyChecking yes`; only `trusted` lets it go on:
 * `changed` (another key is known for this host), `unknown` (none is), `revoked` (the key must never be accepted).
 */
export type KnownHostsVerdict = 'trusted' | 'changed' | 'unknown' | 'revoked';

/** The names under which a server is looked up in known_hosts files. */
export interface HostAddress {
  readonly host: string;
  readonly port: number;
  /** `HostKeyAlias`: the only name to look up when given, without a port. */
  readonly alias?: string;
}

/** Judges a server's plain key by the entries of known_hosts files, in the order of the files. */
export function judgeHostKey(
  entries: readonly KnownHostsEntry[],
  { host, port, alias }: HostAddress,
  offered: Buffer,
): KnownHostsVerdict {
  if (alias !== undefined) return judgeByName(entries, alias, offered);
  const verdict = judgeByName(entries, knownHostsName(host, port), offered);
  // A key that is known for the host alone serves on every port, but is no reason to call another key a changed one.
  if (verdict !== 'unknown' || port === 22) return verdict;
  const withoutPort = judgeByName(entries, host, offered);
  return withoutPort === 'changed' ? 'unknown' : withoutPort;
}

function judgeByName(entries: readonly KnownHostsEntry[], name: string, offered: Buffer): KnownHostsVerdict {
  const about = entriesFor(entries, name);
  const isOffered = ({ key }: KnownHostsEntry) => key.blob.equals(offered);
  const plain = about.filter(({ marker }) => marker === 'none');
  if (about.some((entry) => entry.marker === 'revoked' && isOffered(entry))) return 'revoked';
  if (plain.some(isOffered)) return 'trusted';
  return plain.length === 0 ? 'unknown' : 'changed';
}
