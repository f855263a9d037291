import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';
import { canTrace } from '../../../support/strace.ts';
import { lockOnce } from './support/lockOnce.ts';

const program = join(import.meta.dirname, 'support/lockOnce.ts');

/** What a process leaves that is killed while it has the lock. */
function leaveLock(path: string): void {
  const pid = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
  writeFileSync(path, `${pid} ${hostname()}\n`);
}

describe('a lock that a crash has left', () => {
  test('is taken over at once, by one after the other', async () => {
    await using home = scratchHome();
    const path = home.at('lock');
    leaveLock(path);
    await Promise.all(Array.from({ length: 8 }, () => lockOnce(path)));
    expect(readdirSync(home.path).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test.skipIf(!canTrace())('is not removed by somebody slow once it is another’s', async () => {
    await using home = scratchHome();
    const path = home.at('lock');
    leaveLock(path);
    const slowly = [
      '-f',
      '-o',
      '/dev/null',
      '-e',
      'inject=rename,renameat,renameat2,unlink,unlinkat:delay_enter=500000',
    ];
    const slow = spawn('strace', [...slowly, process.execPath, program, path], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = once(slow, 'exit');
    await expect.poll(() => existsSync(`${path}.takeover`), { timeout: 10_000 }).toBe(true);
    for (let rounds = 0; rounds < 20; rounds++) await lockOnce(path);
    expect(await ended).toEqual([0, null]);
  });
});
