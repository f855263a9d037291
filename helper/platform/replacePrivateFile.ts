import { chmodSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file in one step, readable by its owner only, whatever the umask. Its directory must be there.
 *
 * @throws Node's own error.
 */
export function replacePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}
