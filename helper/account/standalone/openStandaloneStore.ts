import { helperDirectory } from '../../platform/helperDirectory.ts';
import { passwdHome } from '../../platform/home.ts';
import { StandaloneStore } from './standaloneStore.ts';
import { systemKeychain } from './systemKeychain.ts';

/**
 * The store that belongs to a home directory. The keychain belongs to the real one: with a home that is overridden, the file
 * alone is used.
 */
export function openStandaloneStore(home: string, env: Readonly<Record<string, string | undefined>>): StandaloneStore {
  const keychain = home === passwdHome() ? systemKeychain(env) : undefined;
  return new StandaloneStore(helperDirectory(home, env), keychain);
}
