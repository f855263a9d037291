import { join } from 'node:path';
import { parseKnownHosts } from '../../ssh/hostkeys/knownHostsFile.ts';
import { entriesFor } from '../../ssh/hostkeys/knownHostsMatch.ts';
import { readRegularFile } from '../../ssh/regularFile.ts';
import { type Leftover, type LeftoverSearch, removalOfLines } from './leftover.ts';

/**
 * Few servers that share a key are known to anybody in such numbers, but an SSH gateway is one under the name of each
 * workspace. A forge is another: OpenSSH adds a line for each of its addresses (`CheckHostIP`).
 */
const fewestLines = 20;
/** A key that is known to be an SSH gateway's needs fewer. */
const fewestLinesOfGateway = 5;

const forges = ['github.com', 'gitlab.com', 'bitbucket.org', 'ssh.dev.azure.com', 'vs-ssh.visualstudio.com'];

/** Lines of `~/.ssh/known_hosts` under hashed names, one for each workspace that ever was, all with the same few keys. */
export async function hashedHosts({ home, gatewayKeys }: LeftoverSearch): Promise<readonly Leftover[]> {
  const path = join(home, '.ssh', 'known_hosts');
  const file = await readRegularFile(path);
  if (file.state !== 'read') return [];
  const { entries } = parseKnownHosts(file.bytes.toString('latin1'));
  const hashed = entries.filter(({ hosts, marker }) => hosts.startsWith('|1|') && marker === 'none');
  const byKey = Map.groupBy(hashed, ({ key }) => key.blob.toString('base64'));
  const lines = new Set<number>();
  for (const [blob, sharing] of byKey) {
    const isOfGateway = gatewayKeys.has(blob);
    const isMany = sharing.length >= (isOfGateway ? fewestLinesOfGateway : fewestLines);
    const isLeftover = isMany && (isOfGateway || forges.every((name) => entriesFor(sharing, name).length === 0));
    if (isLeftover) for (const { line } of sharing) lines.add(line);
  }
  const removal = removalOfLines(path, file.bytes, (_, index) => lines.has(index + 1));
  if (removal === undefined) return [];
  const description = `${path} has ${lines.size} hashed lines with the same few keys, as of workspaces that are gone`;
  return [{ description, removals: [removal], isByHand: false }];
}
