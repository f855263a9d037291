import { describe, expect, test } from 'vitest';
import { errorWith, resolveIn, resolveWith, variable } from '../../../support/ssh/bothResolvers.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';

describe('UserKnownHostsFile', () => {
  test('two files are two', async () => {
    const { userKnownHostsFiles } = await resolveWith('UserKnownHostsFile /a /b\nUserKnownHostsFile /c\n', 'h');
    expect(userKnownHostsFiles).toEqual(['/a', '/b']);
  });

  test.each([
    ['~/.ssh/kh_%h', (home: string) => [`${home}/.ssh/kh_real`]],
    ['%d/kh', (home: string) => [`${home}/kh`]],
    ['/%n-%p-%r-%k%%', () => ['/a-22-me-alias%']],
    [`${variable('HOME')}/kh /b`, (home: string) => [`${home}/kh`, '/b']],
    ['"/with blank" /b\\ c', () => ['/with blank', '/b c']],
    ['/a # c', () => ['/a']],
    ['# c', (home: string) => [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`]],
    ['None', () => []],
  ])('%s', async (value, expected) => {
    await using home = scratchHome(`UserKnownHostsFile ${value}\nHostName real\nUser me\nHostKeyAlias alias\n`);
    const { userKnownHostsFiles } = await resolveIn(home, { host: 'a' });
    expect(userKnownHostsFiles).toEqual(expected(home.path));
  });

  test.each(['/a none', '""', '/a ""', '/k/%Z', `/k/${variable('NOPE')}`, Array(33).fill('/a').join(' ')])(
    '%s is refused, as OpenSSH does',
    async (value) => {
      expect(await errorWith(`UserKnownHostsFile ${value}\n`)).toBeInstanceOf(Error);
    },
  );
});
