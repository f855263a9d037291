import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandOptions } from '../support/commandOptions.ts';
import { runCommand, startCommand } from '../support/runBundle.ts';
import { join } from '../support/thinClient.ts';
import { makeWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

function signedIn(): Record<string, string> {
  return { GITPOD_TOKEN: world.user.personalAccessToken };
}

describe('what is given in the wrong form is wrong usage', () => {
  test.each(['soon', '-5', '1e3', '3000000000'])('--backend-timeout %s', async (seconds) => {
    const words = ['connect', world.workspace.id, ...commandOptions(world), `--backend-timeout=${seconds}`];
    expect(await runCommand(words)).toMatchObject({ code: 2, stderr: expect.stringContaining('number of seconds') });
  });
});

test('GITPOD_HOST that is empty is none', async () => {
  const { stdout } = await runCommand(['dashboard', '--print'], { GITPOD_HOST: '' });
  expect(stdout).toBe('https://gitpod.io/workspaces\n');
});

describe('list', () => {
  test('for a person', async () => {
    const { code, stdout } = await runCommand(['list', ...commandOptions(world)], signedIn());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^WORKSPACE +PHASE +REPOSITORY +USED +DESCRIPTION\n/);
    expect(stdout).toMatch(new RegExp(`^${world.workspace.id} +running +example/parcel-demo \\(main\\)`, 'm'));
  });

  test('as JSON, with words to search for, the token from a file', async () => {
    world.gitpod.addWorkspace(world.user, { repository: 'attic' });
    const tokenFile = world.home.write('token', `${world.user.personalAccessToken}\n`);
    const { code, stdout } = await runCommand([
      'list',
      'attic',
      ...commandOptions(world),
      '--json',
      '--token-file',
      tokenFile,
    ]);
    expect(code).toBe(0);
    const { workspaces } = JSON.parse(stdout);
    expect(workspaces).toMatchObject([{ host: world.gitpod.host, phase: 'running', repository: 'example/attic' }]);
  });
});

describe('keys', () => {
  test('explains each, for a person and as JSON', async () => {
    await world.registerKey();
    const forPerson = await runCommand(['keys', ...commandOptions(world)], signedIn());
    expect(forPerson).toMatchObject({ code: 0, stderr: '' });
    expect(forPerson.stdout).toContain(`usable: ${world.keyFile} is registered as "laptop" and needs no passphrase.`);
    const asJson = await runCommand(['keys', world.workspace.id, ...commandOptions(world), '--json'], signedIn());
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      local: [{ path: world.keyFile, verdict: 'usable', registered_as: 'laptop' }],
      registered: [{ name: 'laptop', verdict: 'available' }],
    });
  });

  test('reads the configuration that -F names', async () => {
    const config = world.home.write('other-config', 'Host *\n  IdentityFile /nonexistent/key\n');
    const { code, stdout } = await runCommand(['keys', ...commandOptions(world), '-F', config, '--json'], signedIn());
    expect(code).toBe(0);
    expect(JSON.parse(stdout).local).toMatchObject([{ path: '/nonexistent/key', verdict: 'unusable' }]);
  });
});

describe('the next step', () => {
  test('is told when no key works yet: register the one there is', async () => {
    const { stdout } = await runCommand(['keys', ...commandOptions(world), '--json'], signedIn());
    const { local, next_step } = JSON.parse(stdout);
    expect(next_step).toBe(
      `Register a key: gitpod-helper keys register ${local[0].fingerprint}, or add it at https://${world.gitpod.host}/keys`,
    );
  });
});

describe('plan', () => {
  test('shows every way in', async () => {
    const { code, stdout } = await runCommand(['plan', world.workspace.id, ...commandOptions(world)], signedIn());
    expect(code).toBe(0);
    expect(stdout).toContain('rejected: SSH_GATEWAY_KEY over TCP');
    expect(stdout).toContain('chosen: SSH_GATEWAY_OWNER_TOKEN over TCP');
    const asJson = await runCommand(['plan', world.workspace.id, ...commandOptions(world), '--json'], signedIn());
    const { plan } = JSON.parse(asJson.stdout);
    expect(plan).toMatchObject({ workspace_id: world.workspace.id, phase: 'running' });
    expect(plan.routes.map(({ verdict }: { verdict: string }) => verdict)).toContain('CHOSEN');
  });
});

describe('connect', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('prints port and link, and stays until %s', async (signal) => {
    const command = startCommand(['connect', world.workspace.id, ...commandOptions(world)], signedIn());
    await expect.poll(command.stdout, { timeout: 10_000 }).toContain('Connected until interrupted');
    const [, localPort] = /^local port: (\d+)/m.exec(command.stdout()) ?? [];
    const [, joinLink] = /^join link: +(\S+)/m.exec(command.stdout()) ?? [];
    expect(joinLink).toContain(`tcp://127.0.0.1:${localPort}#jt=`);
    const { fingerprintMatches, socket } = await join(joinLink ?? '');
    expect(fingerprintMatches).toBe(true);
    socket.destroy();
    command.child.kill(signal);
    expect(await command.exited).toBe(0);
    const closed = once(connectTcp(Number(localPort), '127.0.0.1'), 'connect');
    await expect(closed).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('prints a JSON document for each event', async () => {
    const options = ['--json', '--method', 'owner-token', '--local-port', '0'];
    const command = startCommand(['connect', world.workspace.id, ...commandOptions(world), ...options], signedIn());
    await expect.poll(command.stdout, { timeout: 10_000 }).toContain('"ready"');
    const documents = command
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents.at(-1)).toMatchObject({ ready: { method: 'SSH_GATEWAY_OWNER_TOKEN', transport: 'TCP' } });
    command.child.kill('SIGINT');
    await command.exited;
  });
});

describe('a failure', () => {
  test.each([
    [2, ['plan', 'nonsense'], /"nonsense" is not a workspace id/],
    [4, ['connect', 'amber-otter-00000000000'], /no workspace amber-otter-00000000000/],
    [6, ['connect', 'WORKSPACE', '--method', 'key'], /None of the keys/],
    [2, ['connect', 'WORKSPACE', '--local-port', '99999'], /not a port/],
    [2, ['connect'], /missing required argument/],
    [2, ['no-such-command'], /unknown command/],
    [2, ['list', '--resolve', 'nonsense'], /not of the form PATTERN=ADDRESS/],
    [2, ['list', '--token-file', '/nonexistent'], /cannot be read/],
    [5, ['list', '--ca-file', ''], /is not trusted/],
  ])('exits with %i: %j', async (expected, [command = '', ...rest], message) => {
    const words = [command, ...commandOptions(world), ...rest].map((word) =>
      word === 'WORKSPACE' ? world.workspace.id : word,
    );
    const { code, stderr } = await runCommand(words, signedIn());
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
  });

  test('shows message and remedies for a person, and a document for a program', async () => {
    const forPerson = await runCommand(['list', ...commandOptions(world)], { GITPOD_TOKEN: 'wrong' });
    expect(forPerson.code).toBe(3);
    expect(forPerson.stdout).toBe('');
    expect(forPerson.stderr).toMatch(
      /^error: .* wants you to sign in: it does not accept the token\.\n {2}→ Sign in, or/,
    );
    const forProgram = await runCommand(['list', ...commandOptions(world), '--json'], { GITPOD_TOKEN: 'wrong' });
    expect(forProgram).toMatchObject({ code: 3, stderr: '' });
    expect(JSON.parse(forProgram.stdout)).toMatchObject({
      failure: { code: 'SIGN_IN_REQUIRED', retryable: false, remedies: [{ action: 'SIGN_IN' }] },
    });
  });

  test('without any token says where to get one', async () => {
    const { code, stderr } = await runCommand(['list', ...commandOptions(world)]);
    expect(code).toBe(3);
    expect(stderr).toContain('GITPOD_TOKEN');
  });
});
