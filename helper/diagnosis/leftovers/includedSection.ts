import { join } from 'node:path';
import { readRegularFile } from '../../ssh/regularFile.ts';
import { isManagedByGitpod } from './generatedConfigs.ts';
import { type Leftover, type LeftoverSearch, linesOf, removalOfLines } from './leftover.ts';

/** The section that Gitpod's VS Code extension puts into `~/.ssh/config`, and Includes of its file outside of it. */
export async function includedSection({ home }: LeftoverSearch): Promise<readonly Leftover[]> {
  const path = join(home, '.ssh', 'config');
  const file = await readRegularFile(path);
  if (file.state !== 'read') return [];
  const inSection = sectionLines(linesOf(file.bytes).map((line) => line.trim()));
  const old = await readRegularFile(join(home, '.ssh', 'gitpod', 'config'));
  const directories =
    old.state !== 'read' || isManagedByGitpod(old.bytes) ? 'code_gitpod\\.d|gitpod' : 'code_gitpod\\.d';
  const include = new RegExp(`^\\s*Include\\s+"?(~/\\.ssh/)?(${directories})/config"?\\s*$`, 'i');
  const isIncluded = (line: string) => include.test(line);
  const removal = removalOfLines(path, file.bytes, (line, index) => inSection.has(index) || isIncluded(line));
  if (removal === undefined) return [];
  return [{ description: `${path} includes what the VS Code extension wrote`, removals: [removal], isByHand: false }];
}

/** Each section from its beginning to the nearest end: what is between two sections is the user's. */
function sectionLines(lines: readonly string[]): ReadonlySet<number> {
  const inSections = new Set<number>();
  let start: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (line === '## START GITPOD INTEGRATION') start = index;
    if (line !== '## END GITPOD INTEGRATION' || start === undefined) continue;
    for (let each = start; each <= index; each++) inSections.add(each);
    start = undefined;
  }
  return inSections;
}
