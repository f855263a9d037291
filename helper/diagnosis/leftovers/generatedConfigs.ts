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
      if (file.state !== 'read' || (isNameOfAnyone(path) && !isManagedByGitpod(file.bytes))) return undefined;
      return { description: `${path}: ${origin}`, removals: [removalOfFile(path, file.bytes)], isByHand: false };
    }),
  );
  return found.filter((leftover) => leftover !== undefined);
}

/** `~/.ssh/gitpod/config`, where the extension wrote once, is a name that a user chooses as well. */
function isNameOfAnyone(path: string): boolean {
  return /[/\\]gitpod[/\\]config$/.test(path);
}

/** What the extension writes says so in its first lines, and it looks there itself before it deletes a file. */
export function isManagedByGitpod(bytes: Buffer): boolean {
  return /^#.*managed by Gitpod/im.test(bytes.toString('latin1'));
}
