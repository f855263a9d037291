import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../platform/findProgram.ts';
import { DataProtection } from './dataProtection.ts';
import type { Keychain } from './keychain.ts';
import { MacKeychain } from './macKeychain.ts';
import { SecretService } from './secretService.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The keychain of this machine, if its program is there; nothing is started. */
export function systemKeychain(env: Environment): Keychain | undefined {
  switch (process.platform) {
    case 'darwin':
      return make('security', ['/usr/bin'], env, MacKeychain);
    case 'win32':
      return make('powershell', ['C:\\Windows\\System32\\WindowsPowerShell\\v1.0'], env, DataProtection);
    default:
      return hasSessionBus(env) ? make('secret-tool', [], env, SecretService) : undefined;
  }
}

function make(
  program: string,
  places: readonly string[],
  env: Environment,
  Implementation: new (program: { path: string; env: Environment }) => Keychain,
): Keychain | undefined {
  const path = findProgram(program, env, places);
  return path === undefined ? undefined : new Implementation({ path, env });
}

/** Without a session bus, as in most SSH sessions and containers, secret-tool would only fail. */
function hasSessionBus(env: Environment): boolean {
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtimeDirectory } = env;
  if (address !== undefined && address !== '') return true;
  return runtimeDirectory !== undefined && runtimeDirectory !== '' && existsSync(join(runtimeDirectory, 'bus'));
}
