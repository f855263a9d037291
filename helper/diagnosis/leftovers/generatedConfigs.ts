import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRegularFile } from '../../ssh/regularFile.ts';
import { type Leftover, type LeftoverSearch, removalOfFile } from './leftover.ts';

/** OpenSSH configurations that the VS Code extension and the Local Companion generated, each a whole file. */
export async function generatedConfigs({ home, env }: LeftoverSearch): Promise<readonly Leftover[]> {
  const extension = 'the VS Code extension generated it for its own proxy';
  const companion = 'the Local Companion generated it';
  const places = [
    { path: join(home, '.ssh', 'code_gitpod.d', 'config'), origin: extension },
    { path: join(home, '.ssh', 'gitpod', 'config'), origin: extension },
    { path: join(env['TMPDIR'] ?? tmpdir(), 'gitpod_ssh_config'), origin: companion },
    { path: join(home, '.ssh', 'gitpod_ssh_config'), origin: companion },
  ];
  const found = await Promise.all(
    places.map(async ({ path, origin }): Promise<Leftover | undefined> => {
      const file = await readRegularFile(path);
      if (file.state !== 'read') return undefined;
      return { description: `${path}: ${origin}`, removals: [removalOfFile(path, file.bytes)], isByHand: false };
    }),
  );
  return found.filter((leftover) => leftover !== undefined);
}
