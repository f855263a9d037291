import { editorSetting } from './editorSetting.ts';
import { generatedConfigs } from './generatedConfigs.ts';
import { hashedHosts } from './hashedHosts.ts';
import { includedSection } from './includedSection.ts';
import type { Leftover, LeftoverSearch } from './leftover.ts';

/** What older tools for Gitpod have left behind in a home. Nothing is changed. */
export async function findLeftovers(search: LeftoverSearch): Promise<readonly Leftover[]> {
  const finders = [includedSection, generatedConfigs, hashedHosts, editorSetting];
  return (await Promise.all(finders.map((find) => find(search)))).flat();
}
