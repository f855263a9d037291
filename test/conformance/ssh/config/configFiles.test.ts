import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { resolveHostConfig } from '../../../../helper/ssh/config/hostConfig.ts';
import { openSshEnvironment } from '../../../../helper/ssh/config/openSsh.ts';
import { readConfigFiles } from '../../../../helper/ssh/config/withoutOpenSsh/readConfigFiles.ts';
import { Settings } from '../../../../helper/ssh/config/withoutOpenSsh/settings.ts';
import { resolveBoth, resolveWithout } from '../../../support/ssh/bothResolvers.ts';
import { scratchHome, scratchVariables } from '../../../support/ssh/scratchHome.ts';
import { runTool } from '../../../support/ssh/sshTools.ts';

describe('which configuration is read', () => {
  test('-F wins over the home, and ~ in it is the overridden home', async () => {
    await using home = scratchHome('Port 1\n');
    const configFile = home.write('elsewhere', 'Port 2\nIdentityFile ~/k\n');
    const environment = openSshEnvironment({ home: home.path, configFile, env: scratchVariables(home.path) });
    expect(await resolveBoth(environment, { host: 'a' })).toMatchObject({
      port: 2,
      identityFiles: [{ path: home.at('k'), origin: 'config' }],
    });
  });

  test('-F with the real home keeps that home', async () => {
    await using home = scratchHome();
    const configFile = home.write('elsewhere', 'IdentityFile ~/k\n');
    const environment = openSshEnvironment({ configFile, env: scratchVariables(home.path) });
    const { identityFiles } = await resolveBoth(environment, { host: 'a' });
    expect(identityFiles).toEqual([{ path: `${userInfo().homedir}/k`, origin: 'config' }]);
  });

  test('a file that does not exist', async () => {
    await using home = scratchHome();
    const environment = openSshEnvironment({ configFile: home.at('nowhere'), env: scratchVariables(home.path) });
    await expect(resolveBoth(environment, { host: 'a' })).rejects.toThrow(/nowhere/);
  });

  test('-F none reads nothing, and a directory is an empty file', async () => {
    await using home = scratchHome('Port 1\n');
    for (const configFile of ['none', home.path]) {
      const environment = openSshEnvironment({ home: home.path, configFile, env: scratchVariables(home.path) });
      expect(await resolveBoth(environment, { host: 'a' })).toMatchObject({ port: 22 });
    }
  });

  test('the user’s file comes before the system’s, and ~ is not for the latter', async () => {
    await using home = scratchHome();
    const user = { path: home.write('user', 'User u\nIdentityFile /k\n'), isUserFile: true };
    const system = { path: home.write('system', 'User s\nPort 3\nIdentityFile /k\nInclude ~/x\n'), isUserFile: false };
    const settings = new Settings();
    const reading = readConfigFiles(
      [user, system].map((source) => ({ ...source, mayBeMissing: true, checksPermissions: false })),
      {
        ...{ host: 'a', originalHost: 'a', isFinal: false, localUser: 'me' },
        ...{ environment: home.environment(), signal: new AbortController().signal, settings },
      },
    );
    await expect(reading).rejects.toMatchObject({ file: system.path, line: 4 });
    expect([settings.value('user'), settings.value('port')]).toEqual(['u', '3']);
    expect(settings.paths('identityfile')).toEqual(['/k', '/k']);
  });

  test('without OpenSSH the same is read, with a note', async () => {
    await using home = scratchHome('Port 1\n');
    const environment = openSshEnvironment({ home: home.path, env: { PATH: home.path, HOME: home.path } });
    expect(environment.sshPath).toBeUndefined();
    const config = await resolveHostConfig({ host: 'a' }, environment, { signal: new AbortController().signal });
    expect(config).toMatchObject({ port: 1, degraded: expect.stringContaining('OpenSSH was not found') });
  });
});

describe('without OpenSSH, what is no configuration file', () => {
  test('a pipe does not make us wait', async () => {
    await using home = scratchHome('Include pipe\n');
    await runTool('mkfifo', [home.at('.ssh/pipe')]);
    await expect(resolveWithout(home.environment(), { host: 'a' })).rejects.toMatchObject({
      name: 'SshConfigError',
      file: home.at('.ssh/pipe'),
      message: expect.stringContaining('is not a regular file'),
    });
  });

  test('more than 1 MiB is refused', async () => {
    await using home = scratchHome('#'.repeat(1024 * 1024 + 1));
    await expect(resolveWithout(home.environment(), { host: 'a' })).rejects.toThrow('larger than');
  });

  test.each(['" ', 'a" ', '\\ ', '* ', 'a b', '='])('1 MiB of %j takes no time', async (text) => {
    await using home = scratchHome(`Host ${text.repeat((1024 * 1024 - 100) / text.length)}\n`);
    const begin = performance.now();
    await resolveWithout(home.environment(), { host: 'aaaaaaaaaaaaaaaaaaaab' }).catch(() => undefined);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  test('a binary file is refused with its line', async () => {
    await using home = scratchHome();
    home.write('.ssh/config', Buffer.concat([Buffer.from('Port 3\n'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 32, 1])]));
    await expect(resolveBoth(home.environment(), { host: 'a' })).rejects.toMatchObject({ line: 2 });
  });
});
