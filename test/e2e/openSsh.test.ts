import { generateKeyPairSync } from 'node:crypto';
import { chmod, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publicKeyOfPem } from '../../helper/ssh/identities/publicKeyOfPem.ts';
import { closedPort } from '../support/closedPort.ts';
import { commandOptions } from '../support/commandOptions.ts';
import { runCommand, startCommand } from '../support/runBundle.ts';
import { passwordServer } from '../support/ssh/passwordServer.ts';
import { scratchAgent } from '../support/ssh/scratchAgent.ts';
import { makeKey } from '../support/ssh/sshTools.ts';
import { makeWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

/** Runs a command in the workspace by the real ssh. */
function ssh(words: string[], env: Record<string, string> = {}, sshPort = world.gitpod.sshPort) {
  return sshIn(world, words, env, sshPort);
}

function sshIn(where: World, words: string[], env: Record<string, string> = {}, sshPort = where.gitpod.sshPort) {
  const signedIn = { GITPOD_TOKEN: where.user.personalAccessToken };
  return runCommand(['ssh', ...commandOptions(where, sshPort), ...words], { ...signedIn, ...env });
}

function authentications(): string[] {
  return world.gitpod.events.flatMap((event) =>
    event.kind === 'ssh-auth' && event.outcome === 'accepted' ? [event.method] : [],
  );
}

/** Command lines that name this world's home. */
async function processesOfThisWorld(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(world.home.path));
}

/** Every file below ~/.ssh with its content. */
async function dotSsh(): Promise<Record<string, string>> {
  const directory = world.home.at('.ssh');
  const names = (await readdir(directory)).sort();
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, contents[index] ?? '']));
}

async function rewrite(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

async function replacePublicHalf(key: string): Promise<void> {
  const other = await makeKey(world.home.at('other'), { type: 'ed25519' });
  await copyFile(`${other}.pub`, `${key}.pub`);
}

/** Puts another key in the place of one, in a format that OpenSSH reads since 9.6, and registers it. */
async function replaceByPkcs8(key: string): Promise<void> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(key, pem);
  await rm(`${key}.pub`);
  const { type, blob } = publicKeyOfPem(Buffer.from(pem));
  world.user.addSshPublicKey('in PKCS#8', `${type} ${blob.toString('base64')}`);
}

describe('gitpod-helper ssh', () => {
  test.each(['ed25519', 'ecdsa', 'rsa'] as const)(
    'by a registered %s key, asking nothing, changing nothing',
    async (type) => {
      const key = await makeKey(world.home.at(`.ssh/id_${type}`), { type }).catch(() => world.keyFile);
      world.user.addSshPublicKey('laptop', await readFile(`${key}.pub`, 'utf8'));
      const before = await dotSsh();
      const { code, stdout, stderr } = await ssh([world.workspace.id, '--', 'echo out; exit 7']);
      expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\n', stderr: '' });
      expect(authentications()).toEqual(['publickey']);
      expect(await dotSsh()).toEqual(before);
    },
  );

  test('by a key that only the agent has, behind seven useless ones', async () => {
    const keys = world.home.at('elsewhere');
    await world.home.write('elsewhere/.keep', '');
    const useless = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map((n) => makeKey(join(keys, `useless${n}`), { type: 'ed25519' })),
    );
    const registered = await makeKey(join(keys, 'registered'), { type: 'ed25519' });
    world.user.addSshPublicKey('in the agent', await readFile(`${registered}.pub`, 'utf8'));
    await using agent = await scratchAgent(...useless, registered);
    const result = await ssh([world.workspace.id, 'true'], { SSH_AUTH_SOCK: agent.path });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(authentications()).toEqual(['publickey']);
  });

  test('without a key, by owner token through the WebSocket', async () => {
    const before = await dotSsh();
    const { code, stdout, stderr } = await ssh([world.workspace.id, 'echo through']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'through\n', stderr: '' });
    expect(authentications()).toEqual(['none']);
    expect(await dotSsh()).toEqual(before);
  });

  test.each([
    ['--use-local-app', () => undefined, ['--use-local-app']],
    ['an installation without an SSH gateway', () => (world.gitpod.faults.sshGatewayOff = true), []],
  ])("by the Local Companion's way for %s, pinned to the supervisor's host key", async (_, prepare, options) => {
    prepare();
    const before = await dotSsh();
    const { code, stdout, stderr } = await ssh([...options, world.workspace.id, 'echo legacy']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'legacy\n' });
    expect(stderr).toMatch(/by the Local Companion's way, which is legacy: a bare id asks for it\n$/);
    expect(authentications()).toEqual([]); // the SSH gateway has no part in it
    expect(await dotSsh()).toEqual(before);
    world.gitpod.faults.supervisorHostKey = 'other';
    const refused = await ssh([...options, world.workspace.id, 'echo never']);
    expect(refused).toMatchObject({ code: 255, stdout: '' });
    expect(refused.stderr).toMatch(/host key/i);
  });

  test('to two installations at the same time, each with its own owner token', async () => {
    await using other = await makeWorld();
    const worlds = [world, other];
    const results = await Promise.all(worlds.map((each) => sshIn(each, [each.workspace.id, 'echo $PWD'])));
    expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(worlds.map(() => ({ code: 0, stderr: '' })));
    for (const { gitpod, workspace } of worlds) {
      const tunnels = gitpod.events.filter((event) => event.kind === 'ssh-tunnel');
      expect(tunnels).toMatchObject([{ workspaceId: workspace.id, status: 101 }]);
    }
  });

  test.each([
    ['others may read it', (key: string) => chmod(key, 0o644)],
    ['it has line ends of Windows', (key: string) => rewrite(key, (text) => text.replaceAll('\n', '\r\n'))],
    ['it has no line end at its end', (key: string) => rewrite(key, (text) => text.trimEnd())],
    ['it has a blank line before it', (key: string) => rewrite(key, (text) => `\n${text}`)],
    ['it is beside the public half of another', replacePublicHalf],
    ['it is Ed25519 in PKCS#8', replaceByPkcs8],
  ])('with a key that OpenSSH refuses as %s, through the WebSocket without a question', async (_, spoil) => {
    await world.registerKey();
    await spoil(world.keyFile);
    const { code, stdout, stderr } = await ssh(['-o', 'BatchMode=yes', world.workspace.id, 'echo through']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'through\n', stderr: '' });
    expect(authentications()).toEqual(['none']);
  });

  test('with a key where the SSH port is blocked, through the WebSocket', async () => {
    await world.registerKey();
    const { code, stdout } = await ssh([world.workspace.id, 'echo through'], {}, await closedPort());
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'through\n' });
    expect(authentications()).toEqual(['none']);
  });

  test('without a key where the WebSocket is refused, by the owner token as password from our askpass', async () => {
    world.gitpod.faults.tunnelUpgradeStatus = 502;
    const { code, stdout } = await ssh([world.workspace.id, 'echo asked']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'asked\n' });
    expect(authentications()).toEqual(['password']);
  });

  test('with a long id, by the owner token as password, too', async () => {
    const id = '0d2f3b9c-1a52-4c6e-8f57-6b1f7f0f9a11';
    await using other = await makeWorld({ workspace: { id } });
    other.gitpod.faults.tunnelUpgradeStatus = 502;
    expect(await sshIn(other, [id, 'echo asked'])).toMatchObject({ code: 0, stdout: 'asked\n' });
  });

  test.each([
    ['ProxyJump', (jump: string) => [`  ProxyJump ${jump}`], () => []],
    ['ProxyJump as the same user', (jump: string) => [`  ProxyJump ${jump.replace('me@', '%r@')}`], () => []],
    ['-J', () => [], (jump: string) => ['-J', jump]],
  ])('never gives the owner token to a host that is jumped over, by %s', async (_, lines, options) => {
    await world.registerKey();
    await using server = await passwordServer(world.home);
    const jump = `me@127.0.0.1:${server.port}`;
    const trusting = ['Host 127.0.0.1', '  StrictHostKeyChecking no', '  UserKnownHostsFile /dev/null'];
    const config = [...trusting, `Host ${world.workspace.id}.ssh.*`, '  ForwardAgent no', ...lines(jump), ''];
    world.home.write('.ssh/config', config.join('\n'));
    await ssh([...options(jump), world.workspace.id, 'true']);
    expect(server.passwords).not.toContain(world.workspace.ownerToken);
    expect(server.passwords).not.toEqual([]); // it was asked by our askpass, which gave nothing
  });

  test('passes options of ssh on', async () => {
    await world.registerKey();
    const { code, stdout, stderr } = await ssh(['-v', '-o', 'LogLevel=DEBUG1', '-T', world.workspace.id, 'echo hi']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hi\n' });
    expect(stderr).toMatch(/^Authenticated to .* using "publickey"/m);
  });

  test('refuses a host key that is not published', async () => {
    await world.registerKey();
    world.gitpod.faults.presentedHostKeyNotListed = true;
    const { code, stderr } = await ssh([world.workspace.id, 'true']);
    expect(code).toBe(255);
    expect(stderr).toMatch(
      /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|No ED25519 host key is known/,
    );
    expect(authentications()).toEqual([]);
  });

  test('says in a sentence that the workspace is stopped', async () => {
    world.workspace.phase = 'stopped';
    const { code, stderr } = await ssh([world.workspace.id, 'true']);
    expect(code).toBe(4);
    expect(stderr).toContain(`error: The workspace ${world.workspace.id} is stopped.`);
  });

  test.runIf(process.platform === 'linux')('leaves no process behind', async () => {
    await world.registerKey();
    expect(await ssh([world.workspace.id, 'true'])).toMatchObject({ code: 0 });
    await expect.poll(processesOfThisWorld, { timeout: 2_000 }).toEqual([]);
  });

  test('goes on with no configuration by -F none', async () => {
    await world.registerKey();
    world.home.write('.ssh/config', 'Host *\n  SetEnv FROM_USER=yes\n');
    const { code, stderr } = await ssh(['-F', 'none', '-v', world.workspace.id, 'true']);
    expect({ code, isRead: stderr.includes('FROM_USER') }).toEqual({ code: 0, isRead: false });
  });

  test.each(['-v -F', '-vF', '-v -p 22 -TF'])(
    'goes on with the configuration of -F among the options of ssh, too: %s',
    async (options) => {
      await world.registerKey();
      const path = world.home.write('elsewhere', 'Host *\n  SetEnv FROM_ELSEWHERE=yes\n');
      const { code, stderr } = await ssh([...options.split(' '), path, world.workspace.id, 'true']);
      expect({ code, isRead: stderr.includes('FROM_ELSEWHERE') }).toEqual({ code: 0, isRead: true });
    },
  );

  test('ends ssh when it is told to end itself', async () => {
    await world.registerKey();
    const words = ['ssh', ...commandOptions(world), world.workspace.id, 'echo begun; sleep 60'];
    const running = startCommand(words, { GITPOD_TOKEN: world.user.personalAccessToken });
    await expect.poll(running.stdout, { timeout: 10_000 }).toBe('begun\n');
    running.child.kill('SIGTERM');
    expect(await running.exited).toBe(255);
    await expect.poll(processesOfThisWorld, { timeout: 2_000 }).toEqual([]);
  });

  test('goes on with the configuration of the user', async () => {
    await world.registerKey();
    world.home.write('.ssh/config', 'Host *\n  SetEnv FROM_USER=yes\n');
    const { code, stderr } = await ssh(['-v', world.workspace.id, 'true']);
    expect(code).toBe(0);
    expect(stderr).toContain('FROM_USER');
  });
});

describe('gitpod-helper proxy', () => {
  test('says what is wrong on standard error and ends', async () => {
    world.workspace.phase = 'stopped';
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const started = await runCommand(
      ['proxy', ...commandOptions(world, world.gitpod.sshPort), world.workspace.sshHost],
      env,
    );
    expect(started).toMatchObject({ code: 4, stdout: '' });
    expect(started.stderr).toMatch(/^error: The workspace \S+ is stopped\.\n {2}→ Start the workspace/);
  });

  test.each(['nonsense', 'github.com', '-oProxyCommand=x'])('refuses the host %s', async (host) => {
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const { code } = await runCommand(['proxy', ...commandOptions(world, world.gitpod.sshPort), '--', host], env);
    expect(code).toBe(2);
  });
});
