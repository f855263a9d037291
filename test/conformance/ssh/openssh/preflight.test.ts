import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { preflight } from '../../../../helper/ssh/openssh/preflight.ts';
import type { PreflightResult } from '../../../../helper/ssh/openssh/preflightResult.ts';
import { scratchAgent } from '../../../support/ssh/scratchAgent.ts';
import { type ScratchHome, scratchHome, scratchVariables } from '../../../support/ssh/scratchHome.ts';
import { keygenFingerprint, makeKey, runTool } from '../../../support/ssh/sshTools.ts';
import { scratchSshd } from './support/scratchSshd.ts';

const never = new AbortController().signal;

interface Trial {
  /** Lines of ssh_config. */
  readonly config: readonly string[];
  readonly command?: readonly string[];
  readonly agentPath?: string;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

function run(home: ScratchHome, trial: Trial): Promise<PreflightResult> {
  const { config, command = ['true'], agentPath, deadlineMs = 20_000, signal = never } = trial;
  const defaults = ['BatchMode no', 'GlobalKnownHostsFile none', 'StrictHostKeyChecking yes', 'IdentitiesOnly yes'];
  const file = home.write('config', [...config, ...defaults, ''].join('\n'));
  const env = { ...scratchVariables(home.path), SSH_AUTH_SOCK: agentPath, SSH_ASKPASS: '/bin/false', DISPLAY: ':0' };
  const args = ['-F', file, '-T', 'work.test', ...command];
  const { sshPath = 'ssh' } = home.environment();
  return preflight({ sshPath, args, env }, { signal, deadlineMs });
}

/** A home with a server whose key is known, for which `authorized` may log in. */
async function homeWithServer(
  authorized: (home: ScratchHome) => Promise<readonly string[]>,
  lines: readonly string[] = [],
) {
  const home = scratchHome();
  const hostKey = await makeKey(home.at('host_key'), { type: 'ed25519' });
  const publicKey = readFileSync(`${hostKey}.pub`, 'utf8');
  const keys = await authorized(home);
  const text = keys.map((key) => readFileSync(`${key}.pub`, 'utf8')).join('');
  const sshd = scratchSshd(home, { hostKeys: [hostKey], authorized: text, lines });
  const knownHosts = home.write('known_hosts', `work.test ${publicKey}`);
  const config = [`ProxyCommand ${sshd}`, `UserKnownHostsFile ${knownHosts}`];
  return { home, config, hostKey, keys, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() };
}

const noKeys = async () => [];
const oneKey = async (home: ScratchHome) => [await makeKey(home.at('key'), { type: 'ed25519' })];

describe('what goes well', () => {
  test('is told with the key that served, and those refused before it', async () => {
    await using server = await homeWithServer(oneKey);
    const { home, config, hostKey } = server;
    const wrong = await makeKey(home.at('wrong key'), { type: 'ecdsa' });
    const result = await run(home, {
      config: [...config, `IdentityFile "${wrong}"`, `IdentityFile ${home.at('key')}`],
    });
    expect(result).toEqual({
      reached: 'authenticated',
      failure: undefined,
      exitCode: 0,
      hostKeyFingerprint: (await keygenFingerprint(`${hostKey}.pub`)).fingerprint,
      methodsThatCanContinue: ['publickey'],
      messages: [],
      attempts: [
        {
          name: wrong,
          isInAgent: false,
          type: 'ECDSA',
          fingerprint: (await keygenFingerprint(wrong)).fingerprint,
          outcome: 'refused',
        },
        {
          name: home.at('key'),
          isInAgent: false,
          type: 'ED25519',
          fingerprint: (await keygenFingerprint(home.at('key'))).fingerprint,
          outcome: 'authenticated',
        },
      ],
    });
  });

  test('by an agent, of whose key only the public half is here', async () => {
    await using server = await homeWithServer(oneKey);
    const { home, config } = server;
    await using agent = await scratchAgent(home.at('key'));
    rmSync(home.at('key'));
    const result = await run(home, {
      config: [...config, `IdentityFile ${home.at('key.pub')}`],
      agentPath: agent.path,
    });
    expect(result).toMatchObject({ failure: undefined, attempts: [{ isInAgent: true, outcome: 'authenticated' }] });
  });

  test('but for the remote command', async () => {
    await using server = await homeWithServer(oneKey);
    const { home, config } = server;
    const trial = { config: [...config, `IdentityFile ${home.at('key')}`], command: ['exit 3'] };
    expect(await run(home, trial)).toMatchObject({ reached: 'authenticated', failure: 'command-failed', exitCode: 3 });
  });

  test('without taking the ports that the command forwards', async () => {
    await using server = await homeWithServer(oneKey);
    const { home, config } = server;
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const forwarding = [`LocalForward 127.0.0.1:${port} localhost:1`, 'ExitOnForwardFailure yes'];
    const result = await run(home, { config: [...config, ...forwarding, `IdentityFile ${home.at('key')}`] });
    taken.close();
    expect(result).toMatchObject({ failure: undefined });
  });
});

describe('a key that cannot sign', () => {
  test.each([
    ['openssh', {}],
    ['PEM', { format: 'PEM', type: 'rsa' }],
  ] as const)('for want of its passphrase (%s)', async (_format, options) => {
    await using server = await homeWithServer(async (home) => [
      await makeKey(home.at('key'), { type: 'ed25519', passphrase: 'secret', ...options }),
    ]);
    const { home, config } = server;
    expect(await run(home, { config: [...config, `IdentityFile ${home.at('key')}`] })).toMatchObject({
      reached: 'authenticating',
      failure: 'passphrase-needed',
      exitCode: 255,
      attempts: [{ name: home.at('key'), outcome: 'passphrase-needed' }],
    });
  });

  test('for want of its passphrase, and nobody knows its public half', async () => {
    await using server = await homeWithServer(async (home) => [
      await makeKey(home.at('key'), { type: 'rsa', format: 'PEM', passphrase: 'secret' }),
    ]);
    const { home, config } = server;
    rmSync(home.at('key.pub'));
    expect(await run(home, { config: [...config, `IdentityFile ${home.at('key')}`] })).toMatchObject({
      failure: 'passphrase-needed',
      attempts: [{ name: home.at('key'), type: undefined, fingerprint: undefined, outcome: 'passphrase-needed' }],
    });
  });

  test('for want of its private half', async () => {
    await using server = await homeWithServer(oneKey);
    const { home, config } = server;
    rmSync(home.at('key'));
    expect(await run(home, { config: [...config, `IdentityFile ${home.at('key')}`] })).toMatchObject({
      failure: 'not-authenticated',
      attempts: [{ name: home.at('key'), outcome: 'private-half-missing' }],
    });
  });

  test('as others may read it', async () => {
    await using server = await homeWithServer(oneKey);
    const { home, config } = server;
    await runTool('chmod', ['0644', home.at('key')]);
    const result = await run(home, { config: [...config, `IdentityFile ${home.at('key')}`] });
    expect(result).toMatchObject({ failure: 'not-authenticated', attempts: [{ outcome: 'not-signed' }] });
    expect(result.messages.join('\n')).toContain('UNPROTECTED PRIVATE KEY FILE');
  });
});

describe('the server refuses', () => {
  test('the only key', async () => {
    await using server = await homeWithServer(noKeys);
    const { home, config } = server;
    const key = await makeKey(home.at('key'), { type: 'ed25519' });
    expect(await run(home, { config: [...config, `IdentityFile ${key}`] })).toMatchObject({
      reached: 'authenticating',
      failure: 'not-authenticated',
      attempts: [{ outcome: 'refused' }],
      messages: [expect.stringContaining('Permission denied (publickey)')],
    });
  });

  test('to go on after too many keys', async () => {
    await using server = await homeWithServer(noKeys, ['MaxAuthTries 2']);
    const { home, config } = server;
    const keys = await Promise.all(['a', 'b', 'c'].map((name) => makeKey(home.at(name), { type: 'ed25519' })));
    const result = await run(home, { config: [...config, ...keys.map((key) => `IdentityFile ${key}`)] });
    expect(result).toMatchObject({ failure: 'too-many-attempts', exitCode: 255 });
    expect(result.attempts.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  });

  test('all but a password, which is not asked for', async () => {
    await using server = await homeWithServer(noKeys, ['PasswordAuthentication yes']);
    const { home, config } = server;
    expect(await run(home, { config: [...config, 'IdentityFile none'] })).toMatchObject({
      failure: 'not-authenticated',
      methodsThatCanContinue: ['publickey', 'password'],
      messages: [expect.stringMatching(/^\S+: Permission denied \(publickey,password\)\.$/)],
    });
  });

  test('when no key is configured, and none of the default ones exists', async () => {
    await using server = await homeWithServer(noKeys);
    const { home, config } = server;
    expect(await run(home, { config: [...config, 'IdentityFile none'] })).toMatchObject({
      failure: 'not-authenticated',
      attempts: [],
    });
  });
});

describe('the host key is', () => {
  test.each([
    ['unknown', () => '', 'host-key-unknown'],
    ['another', (other: string) => `work.test ${other}`, 'host-key-changed'],
    ['revoked', (_other: string, own: string) => `@revoked * ${own}`, 'host-key-revoked'],
  ] as const)('%s', async (_what, knownHosts, failure) => {
    await using server = await homeWithServer(noKeys);
    const { home, config, hostKey } = server;
    const other = await makeKey(home.at('other'), { type: 'ed25519' });
    const [otherLine, ownLine] = [other, hostKey].map((path) => readFileSync(`${path}.pub`, 'utf8'));
    home.write('known_hosts', knownHosts(otherLine ?? '', ownLine ?? ''));
    expect(await run(home, { config })).toMatchObject({
      reached: 'server-identified',
      failure,
      hostKeyFingerprint: (await keygenFingerprint(`${hostKey}.pub`)).fingerprint,
      exitCode: 255,
    });
  });
});

describe('there is no server', () => {
  test('as the ProxyCommand ends, whose words are kept', async () => {
    await using home = scratchHome();
    expect(
      await run(home, { config: [`ProxyCommand sh -c 'echo "the wörkspace is stopped" >&2; exit 1'`] }),
    ).toMatchObject({
      reached: 'proxy-started',
      failure: 'no-server',
      messages: expect.arrayContaining(['the wörkspace is stopped']),
    });
  });

  test('as nothing listens there', async () => {
    await using home = scratchHome();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(await run(home, { config: ['HostName 127.0.0.1', `Port ${port}`] })).toMatchObject({
      reached: 'host-resolved',
      failure: 'not-connected',
    });
  });

  test('as its name has no address', async () => {
    await using home = scratchHome();
    expect(await run(home, { config: ['HostName a..b'] })).toMatchObject({
      reached: 'nothing',
      failure: 'host-not-found',
    });
  });

  test('that has an algorithm in common', async () => {
    await using server = await homeWithServer(noKeys, ['Ciphers aes128-ctr']);
    const { home, config } = server;
    expect(await run(home, { config: [...config, 'Ciphers aes256-ctr'] })).toMatchObject({
      reached: 'server-identified',
      failure: 'key-exchange',
    });
  });
});

test('a configuration that ssh refuses', async () => {
  await using home = scratchHome();
  const result = await run(home, { config: ['Nonsense yes'] });
  expect(result).toMatchObject({ reached: 'nothing', failure: 'configuration', exitCode: 255 });
  expect(result.messages.join('\n')).toMatch(/config: line 1: Bad configuration option: nonsense/);
});

test('no ssh', async () => {
  await using home = scratchHome();
  const command = { sshPath: home.at('ssh'), args: ['x'], env: {} };
  expect(await preflight(command, { signal: never, deadlineMs: 1_000 })).toMatchObject({
    reached: 'nothing',
    failure: 'not-started',
    exitCode: undefined,
  });
});

test('one that waits is ended at its deadline', async () => {
  await using home = scratchHome();
  expect(await run(home, { config: ['ProxyCommand sleep 600'], deadlineMs: 200 })).toMatchObject({
    reached: 'proxy-started',
    failure: 'deadline',
    exitCode: undefined,
  });
});

test('an abort rejects with its reason', async () => {
  await using home = scratchHome();
  const reason = new Error('enough');
  const running = run(home, { config: ['ProxyCommand sleep 600'], signal: AbortSignal.abort(reason) });
  await expect(running).rejects.toBe(reason);
});
