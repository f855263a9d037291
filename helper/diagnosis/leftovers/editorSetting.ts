import { join } from 'node:path';
import { readRegularFile } from '../../ssh/regularFile.ts';
import { type Leftover, type LeftoverSearch, removalOfLines } from './leftover.ts';

const editors = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor'] as const;

/** `remote.SSH.configFile` that the Local Companion's era has set to its own file, which hides `~/.ssh/config`. */
export async function editorSetting(search: LeftoverSearch): Promise<readonly Leftover[]> {
  const found = await Promise.all(
    editors.map(async (editor): Promise<Leftover | undefined> => {
      const path = join(settingsDirectory(search), editor, 'User', 'settings.json');
      const file = await readRegularFile(path);
      if (file.state !== 'read') return undefined;
      const isSet = (line: string) => /^\s*"remote\.SSH\.configFile"\s*:.*gitpod_ssh_config/.test(line);
      const removal = removalOfLines(path, file.bytes, isSet);
      if (removal === undefined) return undefined;
      const description = `${path}: remote.SSH.configFile is set to the Local Companion's file`;
      return { description, removals: [removal], isByHand: true };
    }),
  );
  return found.filter((leftover) => leftover !== undefined);
}

function settingsDirectory({ home, env }: LeftoverSearch): string {
  switch (process.platform) {
    case 'win32':
      return env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
    case 'darwin':
      return join(home, 'Library', 'Application Support');
    default:
      return join(home, '.config');
  }
}
