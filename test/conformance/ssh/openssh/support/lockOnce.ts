/** Takes a lock, and lets go of it: `lockOnce.ts PATH`. Fails when somebody else has it at the same time. */
import { unlinkSync, writeFileSync } from 'node:fs';
import { lockFile } from '../../../../../helper/ssh/openssh/fileLock.ts';

export async function lockOnce(path: string): Promise<void> {
  await using _lock = await lockFile(path, AbortSignal.timeout(20_000));
  writeFileSync(`${path}.inside`, '', { flag: 'wx' });
  await new Promise(setImmediate);
  unlinkSync(`${path}.inside`);
}

if (import.meta.main) await lockOnce(process.argv[2] ?? '');
