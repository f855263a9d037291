import { resolve } from 'node:path';

/** The argv that starts this very program, for configurations and children that start it again. */
export function selfCommand(): readonly string[] {
  return [process.execPath, resolve(process.argv[1] ?? '')];
}
