import { join } from 'node:path';
import { passwdHome } from './home.ts';

/**
 * The one directory in which the helper keeps files of its own: credentials where there is no keychain, and what OpenSSH
 * is given to read.
 *
 * @param home the home that counts; with one that is overridden, nothing of the environment's directories is used.
 */
export function helperDirectory(home: string, env: Readonly<Record<string, string | undefined>>): string {
  const isOverridden = home !== passwdHome();
  const { XDG_CONFIG_HOME: xdgConfigHome, APPDATA: appData } = isOverridden ? {} : env;
  switch (process.platform) {
    case 'win32':
      return join(appData ?? join(home, 'AppData', 'Roaming'), 'gitpod-helper');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'gitpod-helper');
    default:
      return join(
        xdgConfigHome === undefined || xdgConfigHome === '' ? join(home, '.config') : xdgConfigHome,
        'gitpod-helper',
      );
  }
}
