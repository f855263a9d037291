import { chmodSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { errorWith, resolveIn } from '../../../support/ssh/bothResolvers.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';

describe('Include under an overridden home', () => {
  test('is relative to its .ssh, expands ~ and globs, and takes several values', async () => {
    await using home = scratchHome('Include one "two words" ~/.ssh/more/*.conf missing\nPort 4\n');
    home.write('.ssh/one', 'User from-one\n');
    home.write('.ssh/two words', 'HostName from-two\n');
    home.write('.ssh/more/x.conf', 'HostKeyAlias from-glob\nPort 3\n');
    expect(await resolveIn(home, { host: 'a' })).toMatchObject({
      user: 'from-one',
      hostName: 'from-two',
      hostKeyAlias: 'from-glob',
      port: 3,
    });
  });

  test('keeps to the block it is in and does not end it', async () => {
    await using home = scratchHome('Host a\n  Include f\n  HostName inside\nHost *\n  Port 5\n');
    home.write('.ssh/f', 'User in-a\nHost z\n  User never\n');
    expect(await resolveIn(home, { host: 'a' })).toMatchObject({ user: 'in-a', hostName: 'inside', port: 5 });
    expect(await resolveIn(home, { host: 'b' })).toMatchObject({ user: userInfo().username, hostName: 'b', port: 5 });
    expect(await resolveIn(home, { host: 'z' })).toMatchObject({ user: userInfo().username });
  });

  test.each([
    ['d/*', 'b'],
    ['d/[!b]*', 'c'],
    ['d/[a-b]', 'b'],
    ['d/.*', 'hidden'],
    ['d/\\\\b', 'b'],
    ['~/.ssh/?/c', 'c'],
    ['d/{b,c}', undefined],
    ['d', undefined],
    ['d/*/', undefined],
    ['d/b/', undefined],
    ['d/[b', undefined],
    ['~nobody-by-this-name/b', undefined],
    ['d/dangling d/c', 'c'],
  ])('of %s', async (pattern, expected) => {
    await using home = scratchHome(`Include ${pattern}\n`);
    for (const name of ['c', 'b']) home.write(`.ssh/d/${name}`, `HostKeyAlias ${name}\n`);
    home.write('.ssh/d/.hidden', 'HostKeyAlias hidden\n');
    symlinkSync('nowhere', home.at('.ssh/d/dangling'));
    expect((await resolveIn(home, { host: 'a' })).hostKeyAlias).toBe(expected);
  });

  test('of a file that anyone may write is refused, even in a block of another host', async () => {
    await using home = scratchHome('Host b\n  Include f\n');
    chmodSync(home.write('.ssh/f', 'Port 3\n'), 0o602);
    await expect(resolveIn(home, { host: 'a' })).rejects.toThrow(/Bad owner or permissions on .*\/f/);
  });

  test('does not bring back what a Match in it left', async () => {
    await using home = scratchHome('Host a\n  Include f\n  User inside\n');
    home.write('.ssh/f', 'Match host never\n  User never\n');
    expect(await resolveIn(home, { host: 'a' })).toMatchObject({ user: 'inside' });
  });

  test('nests 16 deep and no deeper', async () => {
    const chain = async (depth: number) => {
      await using home = scratchHome('Include f1\n');
      for (let level = 1; level < depth; level++) home.write(`.ssh/f${level}`, `Include f${level + 1}\n`);
      home.write(`.ssh/f${depth}`, 'Port 5\n');
      return await resolveIn(home, { host: 'a' });
    };
    expect(await chain(16)).toMatchObject({ port: 5 });
    await expect(chain(17)).rejects.toThrow('Too many recursive configuration includes');
  });

  test('of itself is refused', async () => {
    expect((await errorWith('Include config\n')).message).toContain('Too many recursive configuration includes');
  });

  test('of a broken file names that file and line', async () => {
    await using home = scratchHome('Include f\n');
    const file = home.write('.ssh/f', '\nHost a\n  Nonsense yes\n');
    await expect(resolveIn(home, { host: 'a' })).rejects.toMatchObject({ file, line: 3 });
  });
});
