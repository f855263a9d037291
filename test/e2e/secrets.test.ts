import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundlePath } from '../../build.ts';
import { ConnectionMethod } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { ConnectionServiceService } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { runCommand, startCommand } from '../support/runBundle.ts';
import { canTrace } from '../support/strace.ts';
import { join } from '../support/thinClient.ts';
import { failureOf, makeWorld, untilReady, type World } from '../support/world.ts';

/** Everything that must never be seen outside of the connections that need it. */
function secretsOf({ user, workspace }: World, ...more: string[]): string[] {
  const [, patValue = ''] = user.personalAccessToken.split('.');
  return [user.personalAccessToken, patValue, workspace.ownerToken, ...more];
}

function expectNone(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) expect(text.includes(secret), 'a secret was seen').toBe(false);
}

describe('no secret is seen', () => {
  test.runIf(process.platform === 'linux')('in log, arguments, environment or files of the helper', async () => {
    await using world = await makeWorld({ helper: { env: { GITPOD_HELPER_LOG: 'debug' } } });
    await world.registerKey();
    await world.initialize();
    const tickets: string[] = [];
    for (const method of [ConnectionMethod.SSH_GATEWAY_KEY, ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN]) {
      const events = world.connect({ method })[Symbol.asyncIterator]();
      const { joinLink } = await untilReady(events);
      tickets.push(new URLSearchParams(new URL(joinLink).hash.slice(1)).get('jt') ?? '');
      (await join(joinLink)).socket.destroy();
      await events.return(undefined);
    }
    // Failures are where secrets slip out.
    for (const backend of ['malformed-link', 'closes-at-once', 'absent'] as const) {
      world.workspace.backend = backend;
      const events = world.connect()[Symbol.asyncIterator]();
      const next = { [Symbol.asyncIterator]: () => events };
      if (backend === 'closes-at-once') await join((await untilReady(events)).joinLink).catch(() => undefined);
      await failureOf(next);
    }
    world.gitpod.faults.rpcErrors.set('getOwnerToken', { code: 500, message: `token ${world.workspace.ownerToken}` });
    await failureOf(world.connect());

    const secrets = secretsOf(world, ...tickets);
    expect(tickets).toHaveLength(2);
    expect(world.helper.log).toContain('connection.ready');
    expectNone(world.helper.log, secrets);
    const { pid } = world.helper.child;
    for (const file of ['cmdline', 'environ']) {
      expectNone(await readFile(`/proc/${pid}/${file}`, 'utf8'), secrets);
    }
    expectNone(await textBelow(world.home.path), secrets);
  });

  test('in what the command line prints, but for the join link it is asked for', async () => {
    await using world = await makeWorld();
    const common = [
      ...['--host', world.gitpod.host, '--ca-file', world.gitpod.caFile, '--resolve', world.gitpod.resolve],
      ...['--ssh-port', String(world.gitpod.sshPort), '--home', world.home.path],
    ];
    const env = { GITPOD_TOKEN: world.user.personalAccessToken, GITPOD_HELPER_LOG: 'debug' };
    for (const command of [
      ['list'],
      ['list', '--json'],
      ['keys'],
      ['plan', world.workspace.id],
      ['plan', 'nonsense'],
    ]) {
      const { stdout, stderr } = await runCommand([...command, ...common], env);
      expectNone(stdout + stderr, secretsOf(world));
    }
    const connect = startCommand(['connect', world.workspace.id, ...common, '--verbose'], env);
    await expect.poll(connect.stdout, { timeout: 10_000 }).toContain('join link');
    connect.child.kill('SIGINT');
    await connect.exited;
    const [, ticket = ''] = /#jt=([^&]+)/.exec(connect.stdout()) ?? [];
    expectNone(connect.stderr(), secretsOf(world, ticket));
    expectNone(connect.stdout(), secretsOf(world));
  });

  test('in the arguments of children, which inherit neither standard input nor output', async () => {
    await using world = await makeWorld();
    const seen = world.home.at('ssh-was-called');
    // A Match exec runs as a child of ssh -G, which is a child of the helper: it sees what they were given.
    const look = `cat /proc/$PPID/cmdline /proc/$PPID/environ >> ${seen}; ls -l /proc/$PPID/fd >> ${seen}`;
    world.home.write('.ssh/config', `Match exec "${look}"\n  User nobody\n`);
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
    const text = await readFile(seen, 'utf8');
    expect(text).toContain('-G');
    expectNone(text, secretsOf(world));
    const { pid } = world.helper.child;
    const [input, output] = await Promise.all([0, 1].map((fd) => readlink(`/proc/${pid}/fd/${fd}`)));
    expect(text).not.toContain(input);
    expect(text).not.toContain(output);
  });
});

describe('the real home', () => {
  test.runIf(canTrace())('is never opened when another one counts', async () => {
    await using world = await makeWorld();
    await world.registerKey();
    const trace = world.home.at('trace');
    const child = spawn(
      'strace',
      [
        ...['-f', '-qq', '-e', 'trace=%file', '-o', trace, process.execPath, bundlePath, 'plan', world.workspace.id],
        ...['--host', world.gitpod.host, '--ca-file', world.gitpod.caFile, '--resolve', world.gitpod.resolve],
        ...['--ssh-port', String(world.gitpod.sshPort), '--home', world.home.path],
      ],
      { env: { PATH: process.env['PATH'], GITPOD_TOKEN: world.user.personalAccessToken }, stdio: 'ignore' },
    );
    expect((await once(child, 'exit'))[0]).toBe(0);
    const calls = await readFile(trace, 'utf8');
    expect(calls).toContain(joinPath(world.home.path, '.ssh/id_ed25519'));
    expect(calls).not.toContain(joinPath(userInfo().homedir, '.ssh'));
  });
});

test('the owner token goes to the workspace’s host and its launcher only', async () => {
  await using world = await makeWorld();
  await world.initialize();
  const { plan } = await world.helper.client.unary(ConnectionServiceService.plan, {
    workspace: { host: world.gitpod.host, workspaceId: world.workspace.id, debug: false },
    useLocalApp: false,
  });
  expect(plan).toBeDefined();
  const asked = world.gitpod.events.flatMap((event) => (event.kind === 'rpc' ? [event.method] : []));
  expect(asked, 'a plan needs no token').not.toContain('getOwnerToken');
});

async function textBelow(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => joinPath(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}
