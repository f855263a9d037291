import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { scratchSshd } from '../conformance/ssh/openssh/support/scratchSshd.ts';
import { closedPort } from '../support/closedPort.ts';
import { runCommand } from '../support/runBundle.ts';
import { makeKey } from '../support/ssh/sshTools.ts';
import { join } from '../support/thinClient.ts';
import { ConnectionMethod, failureOf, makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld({ helper: { env: { GITPOD_HELPER_LOG: 'info' } } });
  await world.registerKey();
});
afterEach(() => world[Symbol.asyncDispose]());

const byKey = { method: ConnectionMethod.SSH_GATEWAY_KEY };

const endsOnlyWhenKilled =
  "process.on('SIGTERM', () => undefined); process.exit = () => undefined; setInterval(() => undefined, 1000);";

/** Writes the configuration of the SSH gateway's host, after other lines. */
function configure(...lines: string[]): void {
  const { home, workspace } = world;
  home.write('.ssh/config', [`Host ${workspace.id}.ssh.*`, ...lines.map((line) => `  ${line}`), ''].join('\n'));
}

/** Writes a program that leads to a port of this machine and notes its process id and its arguments. */
function proxyProgram(whatElse = ''): string {
  const file = world.home.write(
    'proxy.mjs',
    `import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
const [, , ...words] = process.argv;
appendFileSync(${JSON.stringify(world.home.at('proxy.log'))}, JSON.stringify([process.pid, ...words]) + '\\n');
const socket = connect(Number(words[1]), '127.0.0.1');
process.stdin.pipe(socket).pipe(process.stdout);
socket.on('error', (error) => { console.error(error.message); process.exit(3); });
socket.on('close', () => process.exit());
${whatElse}
`,
  );
  return `${process.execPath} ${file}`;
}

/** The process id and arguments of every run of the program. */
function runs(): [number, ...string[]][] {
  const file = world.home.at('proxy.log');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function firstProcessId(): number {
  const [first] = runs();
  if (first === undefined) throw new Error('the program was not run');
  return first[0];
}

/** An orphan that has ended may wait for an init that does not care: a zombie does not run. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'));
}

describe("the user's ProxyCommand", () => {
  test('carries the connection, and gets its tokens', async () => {
    configure('HostKeyAlias ours', `ProxyCommand ${proxyProgram()} %h %p %r %n %k 100%%`);
    await world.initialize();
    const events = world.connect(byKey)[Symbol.asyncIterator]();
    const ready = await untilReady(events);
    expect(ready.transport).toBe(ConnectionTransport.TCP);
    const { firstLine, socket } = await join(ready.joinLink);
    expect(firstLine).toMatch(/^READY/);
    socket.destroy();
    const [[, host, port, user, original, alias, percent] = []] = runs();
    expect(host).toMatch(new RegExp(`^${world.workspace.id}\\.ssh\\.`));
    expect([port, user, original, alias, percent]).toEqual([
      String(world.gitpod.sshPort),
      world.workspace.id,
      host,
      'ours',
      '100%',
    ]);
    await events.return(undefined);
  });

  test('is told in the plan without what may be secret', async () => {
    configure(`ProxyCommand env PASSWORD=hunter2 ${proxyProgram()} %h %p`);
    await world.initialize();
    const events = JSON.stringify(await eventsUntilReady());
    expect(events).toContain('It goes by your ProxyCommand (env).');
    expect(`${events}${world.helper.log}`).not.toContain('hunter2');
  });

  test('ends with the connection, with what it has started, even if it ignores that it shall', async () => {
    const program = proxyProgram(
      `import { spawn } from 'node:child_process';
const other = spawn('sh', ['-c', "trap '' TERM; sleep 600"], { stdio: 'ignore' });
appendFileSync(${JSON.stringify(world.home.at('proxy.log'))}, JSON.stringify([other.pid]) + '\\n');
${endsOnlyWhenKilled}`,
    );
    configure(`ProxyCommand ${program} %h %p`);
    await world.initialize();
    const events = world.connect(byKey)[Symbol.asyncIterator]();
    await untilReady(events);
    const pids = runs().map(([pid]) => pid);
    expect(pids.map(isRunning)).toEqual([true, true]);
    await events.return(undefined);
    await expect.poll(() => pids.map(isRunning)).toEqual([false, false]);
  });

  test('ends with the helper', async () => {
    configure(`ProxyCommand ${proxyProgram(endsOnlyWhenKilled)} %h %p`);
    await world.initialize();
    await untilReady(world.connect(byKey)[Symbol.asyncIterator]());
    const pid = firstProcessId();
    expect(isRunning(pid)).toBe(true);
    world.helper.child.kill('SIGTERM');
    await world.helper.exited;
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test('is started again when it has died', async () => {
    configure(`ProxyCommand ${proxyProgram()} %h %p`);
    await world.initialize();
    const events = world.connect(byKey)[Symbol.asyncIterator]();
    await untilReady(events);
    const pid = firstProcessId();
    process.kill(pid, 'SIGKILL');
    for (;;) {
      const { value, done } = await events.next();
      if (done === true) throw new Error('the stream ended before it was restored');
      if (value.event?.$case === 'restored') break;
    }
    expect(runs()).toHaveLength(2);
    await events.return(undefined);
  });

  test('that fails is named, with its last words and where to look', async () => {
    configure(`ProxyCommand sh -c "echo first >&2; echo 'no route to the bastion' >&2; exit 7"`);
    await world.initialize();
    const failure = await failureOf(world.connect(byKey));
    expect(failure.code).toBe(FailureCode.PORT_22_BLOCKED);
    expect(failure.message).toMatch(
      /does not answer on port \d+: your ProxyCommand \(\S+\) does not lead there, it ended with exit code 7, saying "no route to the bastion"\.$/,
    );
    expect(failure.remedies[0]?.text).toBe('Check ProxyCommand in your OpenSSH configuration');
    expect(failure.remedies[0]?.command).toMatch(/^ssh -G /);
    expect(world.helper.log).toContain('no route to the bastion');
  });

  test.each([
    ['a program that is not there', 'no-such-program-anywhere', /exit code 127, saying ".*not found"/],
    ['one that says nothing', 'true', /ended with exit code 0\.$/],
    ['one that answers with something else', 'echo HTTP/1.1 403 Forbidden', /ended with exit code 0\.$/],
  ])('that is %s', async (_what, command, message) => {
    configure(`ProxyCommand ${command}`);
    await world.initialize();
    expect((await failureOf(world.connect(byKey))).message).toMatch(message);
  });

  test('with a token that is none is a configuration that cannot be used', async () => {
    configure('ProxyCommand true %h %Z');
    await world.initialize();
    const failure = await failureOf(world.connect(byKey));
    expect(failure.code).toBe(FailureCode.SSH_CONFIG_INVALID);
  });

  test('that leads nowhere does not keep the WebSocket from working', async () => {
    configure(`ProxyCommand ${proxyProgram()} %h ${await closedPort()}`);
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    expect((await untilReady(events)).transport).toBe(ConnectionTransport.WEBSOCKET);
    await events.return(undefined);
  });

  test.each(['ProxyCommand', 'ProxyJump'])('is none where %s says so', async (keyword) => {
    configure(`${keyword} none`, 'Host *', `${keyword} ${await closedPort()}.invalid`);
    await world.initialize();
    const events = await eventsUntilReady();
    expect(JSON.stringify(events)).not.toContain(keyword);
  });
});

describe("this helper's own ProxyCommand is none of the user's", () => {
  test('as the managed configuration has it', async () => {
    const { gitpod, home, user } = world;
    const options = [
      '--host',
      gitpod.host,
      '--ca-file',
      gitpod.caFile,
      '--resolve',
      gitpod.resolve,
      '--home',
      home.path,
    ];
    const shown = await runCommand(['ssh-config', 'show', ...options], { GITPOD_TOKEN: user.personalAccessToken });
    expect(shown.stdout).toMatch(/ProxyCommand .*helper\.cjs proxy /);
    home.write('.ssh/config', shown.stdout);
    await world.initialize();
    expect(JSON.stringify(await eventsUntilReady())).not.toContain('ProxyCommand');
  });

  test('of another copy of it', async () => {
    const other = world.home.at('another copy/helper.cjs');
    configure(`ProxyCommand ${process.execPath} '${other}' proxy --host ${world.gitpod.host} %h`);
    await world.initialize();
    expect(JSON.stringify(await eventsUntilReady())).not.toContain('ProxyCommand');
  });
});

async function eventsUntilReady(): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const { event } of world.connect(byKey)) {
    seen.push(event);
    if (event?.$case === 'ended') throw new Error(JSON.stringify(event.value));
    if (event?.$case === 'ready') break;
  }
  return seen;
}

test("the user's ProxyJump leads over a real sshd", async () => {
  const { home, workspace } = world;
  const [hostKey, jumpKey] = await Promise.all([
    makeKey(home.at('jump_host_key'), { type: 'ed25519' }),
    makeKey(home.at('jump_key'), { type: 'ed25519' }),
  ]);
  const sshd = scratchSshd(home, { hostKeys: [hostKey], authorized: await readFile(`${jumpKey}.pub`, 'utf8') });
  const config = [
    `Host ${workspace.id}.ssh.*`,
    '  HostName 127.0.0.1', // which the sshd can reach
    '  ProxyJump jump.test:2222',
    'Host jump.test',
    `  IdentityFile ${jumpKey}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    '  StrictHostKeyChecking no',
    '  UserKnownHostsFile /dev/null',
    `  ProxyCommand ${sshd}`,
    '',
  ];
  home.write('.ssh/config', config.join('\n'));
  await world.initialize();
  const seen = await eventsUntilReady();
  expect(JSON.stringify(seen)).toContain('It goes by your ProxyJump (jump.test).');
  await expect.poll(() => world.helper.log).toContain('ssh.proxy_stderr');
});

test('a ProxyJump that is refused says why', async () => {
  configure(`ProxyJump nobody@127.0.0.1:${await closedPort()}`);
  await world.initialize();
  const failure = await failureOf(world.connect(byKey));
  expect(failure.code).toBe(FailureCode.PORT_22_BLOCKED);
  expect(failure.message).toMatch(
    /your ProxyJump \(127\.0\.0\.1\) does not lead there, it ended with exit code 255, saying ".*"/,
  );
});
