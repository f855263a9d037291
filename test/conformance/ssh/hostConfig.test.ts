import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { Destination } from '../../../helper/ssh/config/destination.ts';
import { type HostConfig, resolveHostConfig } from '../../../helper/ssh/config/hostConfig.ts';
import { openSshEnvironment } from '../../../helper/ssh/config/openSsh.ts';
import { SshConfigError } from '../../../helper/ssh/errors.ts';
import { type ScratchHome, scratchHome, scratchVariables } from '../../support/ssh/scratchHome.ts';
import { runTool } from '../../support/ssh/sshTools.ts';

const signal = new AbortController().signal;

function resolveIn(home: ScratchHome, destination: Destination, agentPath?: string): Promise<HostConfig> {
  return resolveHostConfig(destination, home.environment(agentPath), { signal });
}

async function resolveWith(config: string, destination: Destination | string): Promise<HostConfig> {
  await using home = scratchHome(config);
  return await resolveIn(home, typeof destination === 'string' ? { host: destination } : destination);
}

async function errorWith(config: string | Buffer, destination: Destination = { host: 'a' }): Promise<SshConfigError> {
  await using home = scratchHome();
  home.write('.ssh/config', config);
  const error: unknown = await resolveIn(home, destination).catch((reason: unknown) => reason);
  if (!(error instanceof SshConfigError)) throw new Error('expected an SshConfigError', { cause: error });
  return error;
}

/** Written so that it is not taken for a template string. */
const variable = (name: string) => `$\{${name}}`;

describe('patterns of Host', () => {
  test.each([
    ['Host a?', 'a', 22],
    ['Host a?', 'ab', 9],
    ['Host * !foo', 'foo', 22],
    ['Host !foo', 'bar', 22],
    ['Host a,b', 'a', 22],
    ['Host a b "c d"', 'b', 9],
    ['host a', 'a', 9],
    ['Host=a', 'a', 9],
    ['HOST\ta', 'a', 9],
  ])('%s for %s', async (pattern, host, port) => {
    expect(await resolveWith(`${pattern}\n  PORT 9\n`, host)).toMatchObject({ port });
  });
});

describe('values', () => {
  test('the first value wins', async () => {
    expect(await resolveWith('Host a\nPort 1\nHost *\nPort 2\n', 'a')).toMatchObject({ port: 1 });
  });

  test('a comment ends a value, but not a ProxyCommand', async () => {
    const config = await resolveWith('Port=24 # c\r\nProxyCommand nc %h # x\r\n', 'a');
    expect(config).toMatchObject({ port: 24, proxyCommand: 'nc %h # x' });
  });

  test('an explicit user and port win over the file', async () => {
    const config = await resolveWith('User u2\nPort 8\n', { host: 'a', user: 'u1', port: 7 });
    expect(config).toMatchObject({ user: 'u1', port: 7 });
  });

  test('HostName with a token', async () => {
    expect(await resolveWith('HostName %h.example.com\n', 'a')).toMatchObject({
      host: 'a',
      hostName: 'a.example.com',
    });
  });

  test.each([
    ['ProxyJump none\nProxyJump j\n', { proxyJump: undefined, proxyCommand: undefined }],
    ['ProxyCommand c\nProxyJump j\n', { proxyJump: undefined, proxyCommand: 'c' }],
    ['ProxyJump j\nProxyCommand c\n', { proxyJump: 'j', proxyCommand: undefined }],
    ['ProxyCommand none\n', { proxyJump: undefined, proxyCommand: undefined }],
  ])('of the proxies the first counts: %j', async (text, expected) => {
    expect(await resolveWith(text, 'a')).toMatchObject(expected);
  });

  test('whether keys are used', async () => {
    const config = await resolveWith(
      'PubkeyAuthentication no\nPreferredAuthentications password,publickey\nIdentitiesOnly yes\n',
      'a',
    );
    expect(config).toMatchObject({
      pubkeyAuthentication: false,
      preferredAuthentications: ['password', 'publickey'],
      identitiesOnly: true,
    });
  });

  test('without any configuration', async () => {
    await using home = scratchHome();
    expect(await resolveIn(home, { host: 'a' })).toMatchObject({
      user: userInfo().username,
      port: 22,
      pubkeyAuthentication: true,
      preferredAuthentications: undefined,
      identitiesOnly: false,
      certificateFiles: [],
      hostKeyAlias: undefined,
      degraded: undefined,
    });
  });
});

describe('Match', () => {
  test.each([
    ['HostName real\nMatch host real\n', 'a', 9],
    ['HostName real\nMatch originalhost real\n', 'a', 22],
    ['Match host real\nPort 9\nMatch all\nHostName real\nMatch host none\n', 'a', 22],
    ['Match user bob\n', { host: 'a', user: 'bob' }, 9],
    ['Match user bob\n', 'a', 22],
    [`Match localuser ${userInfo().username}\n`, 'a', 9],
    ['Match !host b\n', 'a', 9],
    ['Match host a host b\n', 'a', 22],
    ['Match exec "test %h = a"\n', 'a', 9],
    ['Match exec "test %h = a"\n', 'b', 22],
    ['Match canonical\n', 'a', 22],
    ['Match final host x\n  Port 9\nHost a\n  HostName x\nHost never\n', 'a', 9],
  ])('%j for %j', async (text, destination, port) => {
    expect(await resolveWith(`${text}  Port 9\n`, destination)).toMatchObject({ port });
  });

  test('an exec that hangs does not hang us', async () => {
    await using home = scratchHome('Match exec "sleep 600"\n');
    const resolving = resolveHostConfig({ host: 'a' }, home.environment(), { signal, deadlineMs: 100 });
    await expect(resolving).rejects.toThrow(/within 100 ms; a Match exec command/);
  });

  test('an abort kills the exec and rejects with its reason', async () => {
    await using home = scratchHome();
    await runTool('mkfifo', [home.at('pipe')]);
    home.write('.ssh/config', `Match exec "(echo up; exec sleep 600) > ${home.at('pipe')}"\n`);
    const abort = new AbortController();
    const reason = new Error('enough');
    const resolving = resolveHostConfig({ host: 'a' }, home.environment(), { signal: abort.signal });
    const pipe = createReadStream(home.at('pipe')).once('data', () => abort.abort(reason));
    const noWriterIsLeft = once(pipe, 'end');
    await expect(resolving).rejects.toBe(reason);
    await noWriterIsLeft;
  });
});

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

describe('refused configurations', () => {
  test.each<[string, string | Buffer, number, RegExp]>([
    ['an unbalanced quote', 'Port 22\nUser "x\n', 2, /quotes/],
    ['an unknown keyword', 'Nonsense yes\n', 1, /Bad configuration option: nonsense/],
    ['a byte order mark', Buffer.from('\ufeffPort 22\n'), 1, /Bad configuration option/],
    ['a keyword that only begins with Include', 'IncludeAll f\n', 1, /Bad configuration option: includeall/],
    ['an Include without value', 'Include\n', 1, /argument/],
    ['a keyword without value', 'User\nPort 3\n', 1, /argument/],
    ['a variable without value', `IdentityAgent ${variable('NOPE')}/x\n`, 1, /NOPE/],
  ])('%s', async (_what, config, line, message) => {
    const error = await errorWith(config);
    expect(error).toMatchObject({
      line,
      file: expect.stringMatching(/\/\.ssh\/config$/),
      message: expect.stringMatching(message),
    });
  });

  test('an unknown keyword can be ignored', async () => {
    expect(await resolveWith('IgnoreUnknown Nonsense\nNonsense yes\nPort 3\n', 'a')).toMatchObject({ port: 3 });
  });

  test('a file that does not exist', async () => {
    await using home = scratchHome();
    const environment = openSshEnvironment({ configFile: home.at('nowhere'), env: scratchVariables(home.path) });
    await expect(resolveHostConfig({ host: 'a' }, environment, { signal })).rejects.toThrow(/nowhere/);
  });
});

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

describe('IdentityAgent', () => {
  test.each([
    ['', { kind: 'unset' }],
    ['IdentityAgent none', { kind: 'none' }],
    ['IdentityAgent SSH_AUTH_SOCK', { kind: 'variable', name: 'SSH_AUTH_SOCK' }],
    ['IdentityAgent $ZZ', { kind: 'variable', name: 'ZZ' }],
    [`IdentityAgent ${variable('HOME')}/x`, { kind: 'path', path: '<home>/x' }],
    ['IdentityAgent %d/x', { kind: 'path', path: '<home>/x' }],
    ['IdentityAgent ~/x', { kind: 'path', path: '<home>/x' }],
    ['IdentityAgent "/with blank/x"', { kind: 'path', path: '/with blank/x' }],
  ])('%s', async (text, expected) => {
    await using home = scratchHome(`${text}\n`);
    const { identityAgent } = await resolveIn(home, { host: 'a' });
    expect(identityAgent).toEqual(
      'path' in expected ? { ...expected, path: expected.path?.replace('<home>', home.path) } : expected,
    );
  });
});

describe('which configuration is read', () => {
  test('-F wins over the home, and ~ in it is the overridden home', async () => {
    await using home = scratchHome('Port 1\n');
    const configFile = home.write('elsewhere', 'Port 2\nIdentityFile ~/k\n');
    const environment = openSshEnvironment({ home: home.path, configFile, env: scratchVariables(home.path) });
    expect(await resolveHostConfig({ host: 'a' }, environment, { signal })).toMatchObject({
      port: 2,
      identityFiles: [{ path: home.at('k'), origin: 'config' }],
    });
  });

  test('-F with the real home keeps that home', async () => {
    await using home = scratchHome();
    const configFile = home.write('elsewhere', 'IdentityFile ~/k\n');
    const environment = openSshEnvironment({ configFile, env: scratchVariables(home.path) });
    const { identityFiles } = await resolveHostConfig({ host: 'a' }, environment, { signal });
    expect(identityFiles).toEqual([{ path: `${userInfo().homedir}/k`, origin: 'config' }]);
  });

  test('without OpenSSH there are the default names, and a note', async () => {
    await using home = scratchHome('Port 1\n');
    const environment = openSshEnvironment({ home: home.path, env: { PATH: home.path } });
    const config = await resolveHostConfig({ host: 'a', user: 'u' }, environment, { signal });
    expect(config).toMatchObject({ user: 'u', port: 22, degraded: expect.stringContaining('OpenSSH was not found') });
    expect(config.identityFiles).toContainEqual({ path: home.at('.ssh/id_ed25519'), origin: 'default' });
  });
});
