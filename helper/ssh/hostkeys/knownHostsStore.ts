import { join } from 'node:path';
import { log } from '../../log.ts';
import { SshConfigError } from '../errors.ts';
import { fingerprintSha256 } from '../identities/publicKey.ts';
import { writePrivateFile } from '../openssh/privateFile.ts';
import { readRegularFile } from '../regularFile.ts';
import type { HostKey } from './hostKey.ts';
import { parseKnownHosts } from './knownHostsFile.ts';
import { entriesFor } from './knownHostsMatch.ts';

/** What storing host keys came to. */
export interface StoredHostKeys {
  /** The file, for `UserKnownHostsFile`. */
  readonly path: string;
  readonly change: 'created' | 'replaced' | 'unchanged';
  /** Fingerprints of the keys known until now, and of those known from now on. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Gives the known_hosts file of one alias.
 *
 * @throws SshConfigError for an alias that is not a plain lower-case host name.
 */
export function knownHostsPath(directory: string, alias: string): string {
  if (!/^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/.test(alias)) {
    throw new SshConfigError(`${JSON.stringify(alias)} is not a name for host keys`);
  }
  return join(directory, alias);
}

/**
 * Makes these keys the only ones known under an alias (`HostKeyAlias`): a file of its own, written whole in one step, a
 * line for each key. The same keys again, in whatever order, do not touch it. A set that changed is logged.
 *
 * @throws SshConfigError for an alias that is not a plain lower-case host name, or when there is no key.
 * @throws SshConfigWriteError when the file cannot be written.
 */
export async function storeHostKeys(
  directory: string,
  alias: string,
  keys: readonly HostKey[],
): Promise<StoredHostKeys> {
  const path = knownHostsPath(directory, alias);
  if (keys.length === 0) throw new SshConfigError(`there is no host key to know ${alias} by`);
  const known = await storedHostKeys(directory, alias);
  const before = fingerprintsOf(known);
  const after = fingerprintsOf(keys);
  const isSame = before.join() === after.join();
  const lines = [...new Set(keys.map(({ type, blob }) => `${alias} ${type} ${blob.toString('base64')}\n`))].sort();
  await writePrivateFile(path, lines.join(''));
  if (isSame) return { path, change: 'unchanged', before, after };
  const change = known.length === 0 ? 'created' : 'replaced';
  if (change === 'replaced') log.warn('hostkeys.replaced', { alias, path, before, after });
  return { path, change, before, after };
}

/** Reads the keys known under an alias; none when there is no file, or one that cannot be read. */
export async function storedHostKeys(directory: string, alias: string): Promise<readonly HostKey[]> {
  const file = await readRegularFile(knownHostsPath(directory, alias));
  if (file.state !== 'read') return [];
  return entriesFor(parseKnownHosts(file.bytes.toString()).entries, alias)
    .filter(({ marker }) => marker === 'none')
    .map(({ key }) => key);
}

function fingerprintsOf(keys: readonly HostKey[]): readonly string[] {
  return [...new Set(keys.map(({ blob }) => fingerprintSha256(blob)))].sort();
}
