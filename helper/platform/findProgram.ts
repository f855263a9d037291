import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Finds a program on PATH, then in `places`; relative entries do not count, so the working directory cannot plant one.
 *
 * @returns its absolute path, or undefined.
 */
export function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  places: readonly string[] = [],
): string | undefined {
  const { PATH, Path } = env;
  const directories = (PATH ?? Path ?? '').split(delimiter).filter((directory) => isAbsolute(directory));
  const fileName = process.platform === 'win32' ? `${name}.exe` : name;
  return [...directories, ...places].map((directory) => join(directory, fileName)).find(isExecutableFile);
}

function isExecutableFile(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
