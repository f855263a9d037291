import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { scratchSshd } from '../conformance/ssh/openssh/support/scratchSshd.ts';
import { commandOptions } from '../support/commandOptions.ts';
import { runCommand } from '../support/runBundle.ts';
import { makeKey, runTool } from '../support/ssh/sshTools.ts';
import { ConnectionMethod, failureOf, makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
});
afterEach(() => world[Symbol.asyncDispose]());

/** A program that leads to a port of this machine and notes that it ran, with its arguments. */
function proxyProgram(): string {
  const program = world.home.write(
    'bin/way.cjs',
    `const { appendFileSync } = require('node:fs');
appendFileSync(${JSON.stringify(world.home.at('runs'))}, process.argv.slice(2).join(' ') + '\\n');
const socket = require('node:net').connect({ port: Number(process.argv[3]), host: '127.0.0.1', noDelay: true });
process.stdin.pipe(socket).pipe(process.stdout);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));
`,
  );
  return `'${process.execPath}' '${program}'`;
}

function runs(): string[] {
  const file = world.home.at('runs');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** Puts the Include on line 1 of a configuration that has a way of the user's own. */
async function installOver(config: string): Promise<void> {
  const { home, user } = world;
  home.write('.ssh/config', config);
  const tokenFile = home.write('token', user.personalAccessToken);
  const installed = await runCommand(['ssh-config', 'install', ...commandOptions(world), '--token-file', tokenFile]);
  expect(installed).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(home.at('.ssh/config'), 'utf8')).toMatch(/^Include .*\n/);
  expect(readFileSync(home.at('.ssh/config'), 'utf8')).toContain(config);
}

/** Plain ssh, which goes by the Include. */
function ssh(command: string): Promise<string> {
  const { home, workspace } = world;
  return runTool('ssh', ['-F', home.at('.ssh/config'), workspace.sshHost, command], { HOME: home.path });
}

const byKey = { method: ConnectionMethod.SSH_GATEWAY_KEY };

describe("with the Include installed, the user's own", () => {
  test('ProxyCommand is gone by: by plain ssh, by gitpod-helper ssh, and in process', async () => {
    const { workspace, gitpod, user } = world;
    const config = `Host *.ssh.*\n  ProxyCommand ${proxyProgram()} %h ${gitpod.sshPort}\n`;
    await installOver(config);
    const before = readFileSync(world.home.at('.ssh/config'));
    expect(await ssh('echo it works')).toBe('it works\n');
    expect(runs()).toHaveLength(1);
    expect(runs()).toEqual([`${workspace.sshHost} ${gitpod.sshPort}`]);
    const words = ['ssh', ...commandOptions(world), workspace.id, 'echo it works'];
    const ours = await runCommand(words, { GITPOD_TOKEN: user.personalAccessToken });
    expect(ours).toMatchObject({ code: 0, stdout: 'it works\n' });
    expect(runs()).toHaveLength(2);
    await world.initialize();
    const events = world.connect(byKey)[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
    expect(runs()).toHaveLength(3);
    expect(readFileSync(world.home.at('.ssh/config'))).toEqual(before);
    expect(temporaryCopies()).toEqual([]);
  });

  test('ProxyJump leads over a real sshd', async () => {
    const { home } = world;
    const [hostKey, jumpKey] = await Promise.all([
      makeKey(home.at('jump_host_key'), { type: 'ed25519' }),
      makeKey(home.at('jump_key'), { type: 'ed25519' }),
    ]);
    const sshd = scratchSshd(home, { hostKeys: [hostKey], authorized: readFileSync(`${jumpKey}.pub`, 'utf8') });
    const config = [
      'Host *.ssh.*',
      '  HostName 127.0.0.1', // which the sshd can reach
      '  ProxyJump jump.test:2222',
      'Host jump.test',
      `  IdentityFile ${jumpKey}`,
      '  IdentitiesOnly yes',
      '  IdentityAgent none',
      '  StrictHostKeyChecking no',
      '  UserKnownHostsFile /dev/null',
      `  ProxyCommand sh -c 'echo jump >> ${home.at('runs')}; exec ${sshd.replaceAll("'", `'\\''`)}'`,
      '',
    ];
    await installOver(config.join('\n'));
    expect(await ssh('echo it works')).toBe('it works\n');
    expect(runs()).toEqual(['jump']);
    await world.initialize();
    const events = world.connect(byKey)[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
    expect(runs()).toEqual(['jump', 'jump']);
  });

  test('ProxyCommand that leads over our hosts again ends: it is gone by once', async () => {
    const { home } = world;
    const note = `echo again >> ${home.at('runs')}; test $(wc -l < ${home.at('runs')}) -lt 4 || exit 1`;
    const again = `${note}; exec ssh -F ${home.at('.ssh/config')} -W 127.0.0.1:%p %h`;
    await installOver(`Host *.ssh.*\n  ProxyCommand sh -c '${again}'\n`);
    await ssh('echo it works').catch(() => undefined); // the workspace leads to no such port
    expect(runs()).toEqual(['again']);
  });

  test('errors are told with their place in the file itself', async () => {
    const { home } = world;
    await installOver('Host *.ssh.*\n  Port 22\n');
    const config = readFileSync(home.at('.ssh/config'), 'utf8');
    home.write('.ssh/config', `${config}NoSuchKeyword yes\n`);
    await world.initialize();
    const failure = await failureOf(world.connect(byKey));
    expect(failure.code).toBe(FailureCode.SSH_CONFIG_INVALID);
    expect(failure.details).toMatchObject({ file: home.at('.ssh/config'), line: '4' });
    expect(failure.message).toContain(`${home.at('.ssh/config')} line 4: `);
  });
});

test('keys that were registered after the installation are found', async () => {
  const { home, user } = world;
  home.write('.ssh/config', '');
  await installOver('# mine\n');
  const other = await makeKey(home.at('.ssh/id_rsa'), { type: 'rsa' });
  user.addSshPublicKey('new', readFileSync(`${other}.pub`, 'utf8'));
  const { stdout } = await runCommand(['keys', world.workspace.id, ...commandOptions(world), '--json'], {
    GITPOD_TOKEN: user.personalAccessToken,
  });
  const { local } = JSON.parse(stdout);
  expect(local).toContainEqual(expect.objectContaining({ path: other, verdict: 'usable' }));
});

/** Beside the run's own directory, which has this prefix, too. */
function temporaryCopies(): string[] {
  const directory = process.env['TMPDIR'] ?? '/tmp';
  return readdirSync(directory).filter(
    (name) => name.startsWith('gitpod-helper-') && !name.startsWith('gitpod-helper-test'),
  );
}
