import { chmodSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorWith, resolveBoth, resolveIn, resolveWith, variable } from '../../../support/ssh/bothResolvers.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';
import { runTool } from '../../../support/ssh/sshTools.ts';

describe('IdentityFile', () => {
  test('accumulates, and leaves no defaults', async () => {
    await using home = scratchHome('IdentityFile ~/g\nHost x\n  IdentityFile /abs/x\n');
    expect((await resolveIn(home, { host: 'x' })).identityFiles).toEqual([
      { path: home.at('g'), origin: 'config' },
      { path: '/abs/x', origin: 'config' },
    ]);
  });

  test('expands ~, tokens and variables with the overridden home', async () => {
    await using home = scratchHome(
      [
        'IdentityFile ~/.ssh/t',
        'IdentityFile %d/.ssh/d-%h-%n-%p-%r-%u',
        `IdentityFile "${variable('HOME')}/with blank"`,
        'IdentityFile ~/100%%',
        'CertificateFile ~/%k-cert.pub',
        'HostName real',
        'HostKeyAlias alias',
        'User bob',
      ].join('\n'),
    );
    const config = await resolveIn(home, { host: 'a' });
    expect(config.identityFiles.map(({ path }) => path)).toEqual([
      home.at('.ssh/t'),
      home.at(`.ssh/d-real-a-22-bob-${userInfo().username}`),
      home.at('with blank'),
      home.at('100%'),
    ]);
    expect(config.certificateFiles).toEqual([home.at('alias-cert.pub')]);
  });

  test('names each file once, and certificates too', async () => {
    const twice = 'IdentityFile /k\nIdentityFile2 /k\nCertificateFile /c\nCertificateFile /c\n';
    expect(await resolveWith(twice, 'a')).toMatchObject({ identityFiles: [{ path: '/k' }], certificateFiles: ['/c'] });
  });

  test('none beside others', async () => {
    const { identityFiles } = await resolveWith('IdentityFile none\nIdentityFile /k\n', 'a');
    expect(identityFiles).toEqual([{ path: '/k', origin: 'config' }]);
  });

  test('a hundred and no more', async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `IdentityFile /k${index}\n`).join('');
    expect((await resolveWith(lines(100), 'a')).identityFiles).toHaveLength(100);
    expect(await errorWith(lines(101))).toMatchObject({ line: 101 });
  });

  test('%C is what OpenSSH makes of it', async () => {
    await using home = scratchHome('IdentityFile /keys/%C\nUserKnownHostsFile /keys/%C\nUser bob\n');
    const printed = await runTool('ssh', ['-F', home.at('.ssh/config'), '-G', 'a']);
    const expanded = /^userknownhostsfile (\S+)$/m.exec(printed)?.[1];
    expect(expanded).toMatch(/^\/keys\/[0-9a-f]{40}$/);
    expect((await resolveIn(home, { host: 'a' })).identityFiles).toEqual([{ path: expanded, origin: 'config' }]);
  });

  test('none means no files', async () => {
    expect((await resolveWith('IdentityFile none\n', 'a')).identityFiles).toEqual([]);
  });

  test('the defaults are those of this OpenSSH, below the overridden home', async () => {
    await using home = scratchHome();
    const printed = await runTool('ssh', ['-F', 'none', '-G', 'x']);
    const names = [...printed.matchAll(/^identityfile ~\/(.*)$/gm)].map(([, name]) => name ?? '');
    expect(names).toContain('.ssh/id_ed25519');
    expect((await resolveIn(home, { host: 'a' })).identityFiles).toEqual(
      names.map((name) => ({ path: home.at(name), origin: 'default' })),
    );
  });

  test('an OpenSSH that has given up DSA and XMSS: their names are still looked for, after its own', async () => {
    await using home = scratchHome();
    const environment = home.environment();
    const newer = home.write('bin/ssh', `#!/bin/sh\n${environment.sshPath} "$@" | grep -v 'id_dsa\\|id_xmss'\n`);
    chmodSync(newer, 0o700);
    const config = await resolveBoth({ ...environment, sshPath: newer }, { host: 'a' });
    const names = config.identityFiles.map(({ path }) => basename(path));
    expect(names.slice(-2)).toEqual(['id_xmss', 'id_dsa']);
    expect(names).toHaveLength(7);
  });

  test.each(['~nobody-by-this-name/k', '/k/%Z', `/k/${variable('NOPE')}`])(
    '%s is refused, as OpenSSH does',
    async (path) => {
      expect((await errorWith(`IdentityFile ${path}\n`)).message).toContain(path);
    },
  );

  test("~name is that user's home", async () => {
    const config = await resolveWith('IdentityFile ~nobody/k\nIdentityFile /x\n', 'a');
    const nobody = (await runTool('sh', ['-c', 'echo ~nobody'])).trim();
    expect(config.identityFiles[0]).toEqual({ path: `${nobody}/k`, origin: 'config' });
  });
});
