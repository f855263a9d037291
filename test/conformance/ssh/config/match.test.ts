import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { resolveHostConfig } from '../../../../helper/ssh/config/hostConfig.ts';
import { errorWith, resolveWith, resolveWithout } from '../../../support/ssh/bothResolvers.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';
import { runTool } from '../../../support/ssh/sshTools.ts';

const signal = new AbortController().signal;

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
    ['Match canonical\n', 'a', 22],
    ['Match all\n', 'a', 9],
    ['Match all # c\n', 'a', 9],
    ['Match !all\n', 'a', 22],
    ['Match host a all\n', 'a', 9],
    ['match HOST=A,b\n', 'a', 9],
    ['Match host "a" user *\n', 'a', 9],
    ['Match host !a,*\n', 'a', 22],
    ['Match host x"y"\n', 'xy', 9],
    ['Match originalhost a !user root,bob # c\n', { host: 'a', user: 'bob' }, 22],
    ['User bob\nMatch user bob\n', 'a', 9],
    ['Match user bob\nPort 1\nHost a\nUser bob\nMatch host never\n', 'a', 22],
    ['Match !final host a\n', 'a', 9],
    ['Match final canonical\n', 'a', 9],
    ['Host real\nPort 9\nHost a\nHostName Real\nMatch final\nHost never\n', 'a', 9],
    ['Host a\nHostName real\nMatch final originalhost a host real\n', 'a', 9],
    ['Match host never\nMatch final\nMatch host never\n', 'a', 22],
    ['Match final host x\n  Port 9\nHost a\n  HostName x\nHost never\n', 'a', 9],
  ])('%j for %j', async (text, destination, port) => {
    expect(await resolveWith(`${text}  Port 9\n`, destination)).toMatchObject({ port });
  });
});

test('Match final reads everything again: files are not named twice', async () => {
  const { identityFiles } = await resolveWith('IdentityFile /g\nMatch final\nIdentityFile /f\n', 'a');
  expect(identityFiles.map(({ path }) => path)).toEqual(['/g', '/f']);
});

test.each([
  'Match',
  'Match #',
  'Match host',
  'Match host #',
  'Match bogus x',
  'Match all host a',
  'Match host a b all',
])('%s is refused', async (line) => {
  expect(await errorWith(`\n${line}\n`)).toMatchObject({ line: 2 });
});

describe('Match exec with OpenSSH', () => {
  test.each([
    ['a', 9],
    ['b', 22],
  ])('is run, for %s', async (host, port) => {
    await using home = scratchHome('Match exec "test %h = a"\n  Port 9\n');
    expect(await resolveHostConfig({ host }, home.environment(), { signal })).toMatchObject({ port });
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

describe('Match exec without OpenSSH', () => {
  const resolveAlone = async (config: string, host = 'a') => {
    await using home = scratchHome(config);
    return await resolveWithout(home.environment(), { host });
  };

  test('is never run, and refused where the outcome depends on it', async () => {
    await using home = scratchHome();
    const config = home.write('.ssh/config', `Host a\nMatch exec "touch ${home.at('ran')}"\n  Port 9\n`);
    await expect(resolveWithout(home.environment(), { host: 'a' })).rejects.toMatchObject({
      name: 'SshConfigError',
      file: config,
      line: 2,
      message: expect.stringContaining('depends on Match exec'),
    });
    expect(existsSync(home.at('ran'))).toBe(false);
  });

  test.each([
    ['another criterion fails', 'Match host b exec "x"\n  Port 9\n'],
    ['a later criterion fails', 'Match exec "x" host b\n  Port 9\n'],
    ['the value is set already', 'Port 22\nMatch exec "x"\n  Port 9\n'],
    ['what it sets does not matter here', 'Match exec "x"\n  ForwardAgent yes\n'],
    [
      'it is there for its effect alone',
      'Match host * exec "gpg-connect-agent UPDATESTARTUPTTY /bye"\nHost b\n  Port 9\n',
    ],
  ])('does not matter when %s', async (_why, config) => {
    expect(await resolveAlone(config)).toMatchObject({ port: 22 });
  });

  test('counts for the files included below it', async () => {
    await using home = scratchHome('Match exec "x"\n  Include f\n');
    home.write('.ssh/f', 'Host b\n  Port 9\n');
    const resolveHost = (host: string) => resolveWithout(home.environment(), { host });
    expect(await resolveHost('a')).toMatchObject({ port: 22 });
    await expect(resolveHost('b')).rejects.toMatchObject({ file: home.at('.ssh/config'), line: 1 });
  });

  test.each(['localnetwork 10.0.0.0/8', 'version *', 'sessiontype shell', 'command x'])(
    '%s cannot be told either',
    async (criterion) => {
      await expect(resolveAlone(`Match ${criterion}\n  IdentityFile k\n`)).rejects.toMatchObject({ line: 1 });
    },
  );

  test('tags can be told', async () => {
    const config = 'Host a\n  Tag t1\nMatch tagged t?\n  Port 9\n';
    expect(await resolveAlone(config)).toMatchObject({ port: 9 });
    expect(await resolveAlone(config, 'b')).toMatchObject({ port: 22 });
  });

  test.each(['CanonicalizeHostname yes', 'CanonicalizePermittedCNAMEs *:*'])('%s asks the DNS', async (line) => {
    await expect(resolveAlone(`Port 3\n${line}\n`)).rejects.toMatchObject({
      line: 2,
      message: expect.stringContaining('DNS'),
    });
  });
});
