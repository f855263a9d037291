import { existsSync } from 'node:fs';
import { chmod, readFile, rm, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandOptions } from '../support/commandOptions.ts';
import { type RunningCommand, runCommand, startCommand } from '../support/runBundle.ts';
import { makeKey, runTool } from '../support/ssh/sshTools.ts';
import { TerminalCommand } from '../support/terminal.ts';
import { makeWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

async function login(): Promise<void> {
  const command = startLogin(world.user.personalAccessToken);
  expect(await command.exited, command.stderr()).toBe(0);
}

function startLogin(token: string): RunningCommand {
  const command = startCommand(['login', ...commandOptions(world), '--token-stdin'], {}, 'pipe');
  command.child.stdin?.end(`${token}\n`);
  return command;
}

describe('login', () => {
  test('keeps a token that works in a file only its owner may read; logout forgets it', async () => {
    await login();
    const path = world.home.at('.config/gitpod-helper/credentials.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await runCommand(['list', ...commandOptions(world)])).toMatchObject({ code: 0 });
    expect(await runCommand(['logout', ...commandOptions(world)])).toMatchObject({ code: 0 });
    expect(await runCommand(['list', ...commandOptions(world)])).toMatchObject({ code: 3 });
    expect(existsSync(path)).toBe(false);
  });

  test('refuses a token that does not work, and keeps nothing', async () => {
    const command = startLogin('gitpod_pat_wrong.token');
    expect(await command.exited).toBe(3);
    expect(await runCommand(['list', ...commandOptions(world)])).toMatchObject({ code: 3 });
  });

  test('a store that others may read is refused', async () => {
    await login();
    await chmod(world.home.at('.config/gitpod-helper/credentials.json'), 0o644);
    const { code, stderr } = await runCommand(['list', ...commandOptions(world)]);
    expect(code).toBe(2);
    expect(stderr).toContain('others may read it');
  });
});

describe('ssh-config', () => {
  test('show prints what would be included', async () => {
    await world.registerKey();
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const { code, stdout } = await runCommand(['ssh-config', 'show', ...commandOptions(world)], env);
    expect(code).toBe(0);
    expect(stdout).toContain(`Host ${world.workspace.sshHost}\n  User ${world.workspace.id}\n`);
    for (const line of [
      'StrictHostKeyChecking yes',
      'GlobalKnownHostsFile none',
      'UpdateHostKeys no',
      'CheckHostIP no',
      'IdentitiesOnly yes',
      'ControlPath none',
      `IdentityFile ${world.keyFile}`,
      'HostKeyAlias ssh.ws-eu1.gitpod.test',
    ]) {
      expect(stdout).toContain(`  ${line}\n`);
    }
    expect(stdout).not.toContain(world.user.personalAccessToken);
  });

  test('install refuses without a token that is kept, and offers login', async () => {
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const { code, stderr } = await runCommand(['ssh-config', 'install', ...commandOptions(world)], env);
    expect(code).toBe(3);
    expect(stderr).toContain('gitpod-helper login');
  });

  test('install, plain ssh, status, remove: to the byte', async () => {
    await login();
    await world.registerKey();
    const before = '# mine\nHost other\n  User me'; // no newline at the end
    const config = world.home.write('.ssh/config', before);
    expect(await runCommand(['ssh-config', 'install', ...commandOptions(world)])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect((await readFile(config, 'utf8')).split('\n')[0]).toMatch(/^Include .*gitpod-helper\/ssh\/config/);

    // Plain ssh, as an editor runs it: no token in its environment, no option of ours.
    const ssh = ['-F', config, '-o', 'BatchMode=yes', world.workspace.sshHost, 'echo plain'];
    expect(await runTool('ssh', ssh)).toBe('plain\n');

    const status = await runCommand(['ssh-config', 'status', ...commandOptions(world), '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ installed: true, in_force: 'yes', conflicts: [] });
    expect(await runCommand(['ssh-config', 'remove', ...commandOptions(world)])).toMatchObject({ code: 0 });
    expect(await readFile(config, 'utf8')).toBe(before);
    expect(existsSync(world.home.at('.config/gitpod-helper/ssh'))).toBe(false);
    const after = await runCommand(['ssh-config', 'status', ...commandOptions(world), '--json']);
    expect(JSON.parse(after.stdout)).toMatchObject({ installed: false });
  });

  test.each([
    ['there was none', () => undefined],
    ['another one was', () => world.registerKey()],
  ])(
    'a key that is registered where %s when it was installed: plain ssh connects without a question',
    async (_, before) => {
      await login();
      const config = world.home.write('.ssh/config', '');
      await before();
      await runCommand(['ssh-config', 'install', ...commandOptions(world)]);
      for (const key of [...world.user.sshPublicKeys]) world.user.removeSshPublicKey(key);
      const key = await makeKey(world.home.at('.ssh/id_ecdsa'), { type: 'ecdsa' });
      world.user.addSshPublicKey('new', await readFile(`${key}.pub`, 'utf8'));
      const words = ['-F', config, '-o', 'BatchMode=yes', world.workspace.sshHost, 'echo plain'];
      expect(await runTool('ssh', words)).toBe('plain\n');
    },
  );

  test('remove needs no sign-in: whoever has signed out is rid of the line, too', async () => {
    await login();
    const config = world.home.write('.ssh/config', 'Host other\n');
    await runCommand(['ssh-config', 'install', ...commandOptions(world)]);
    await runCommand(['logout', ...commandOptions(world)]);
    expect(await runCommand(['ssh-config', 'remove', ...commandOptions(world)])).toMatchObject({
      code: 0,
      stdout: 'Removed.\n',
    });
    expect(await readFile(config, 'utf8')).toBe('Host other\n');
  });
});

describe('open', () => {
  test('prints the URI of the remote window', async () => {
    await login();
    const { code, stdout } = await runCommand(['open', world.workspace.id, ...commandOptions(world), '--print']);
    expect(code).toBe(0);
    expect(stdout).toBe(`vscode-remote://ssh-remote+${world.workspace.sshHost}/workspace/parcel-demo\n`);
  });

  test('needs the Include, and says how to get it where nobody can be asked', async () => {
    await login();
    const { code, stderr } = await runCommand(['open', world.workspace.id, ...commandOptions(world)]);
    expect(code).toBe(2);
    expect(stderr).toContain('gitpod-helper ssh-config install');
  });

  test.each([
    ['vscode', 'code'],
    ['vscode-insiders', 'code-insiders'],
    ['cursor', 'cursor'],
    ['codium', 'codium'],
  ])('starts %s by its launcher and leaves its settings alone', async (editor, launcher) => {
    await login();
    await runCommand(['ssh-config', 'install', ...commandOptions(world)]);
    const settings = world.home.write('.config/Code/User/settings.json', '{ "remote.SSH.configFile": "/mine" }');
    const started = world.home.at('started');
    const program = world.home.write(`bin/${launcher}`, `#!/bin/sh\necho "$@" > '${started}'\n`);
    await chmod(program, 0o755);
    const env = { PATH: `${world.home.at('bin')}:${process.env['PATH']}` };
    const result = await runCommand(['open', world.workspace.id, ...commandOptions(world), '--editor', editor], env);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(started, 'utf8')).toContain(
      `--folder-uri vscode-remote://ssh-remote+${world.workspace.sshHost}`,
    );
    expect(await readFile(settings, 'utf8')).toBe('{ "remote.SSH.configFile": "/mine" }');
  });

  test('says which program is missing', async () => {
    await login();
    await runCommand(['ssh-config', 'install', ...commandOptions(world)]);
    const { code, stderr } = await runCommand([
      'open',
      world.workspace.id,
      ...commandOptions(world),
      '--editor',
      'cursor',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('The program cursor');
  });
});

describe('ssh-command', () => {
  test('prints the plain command, and the seed’s form with the owner token when asked', async () => {
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const { id, sshHost, ownerToken } = world.workspace;
    const port = world.gitpod.sshPort;
    const plain = await runCommand(['ssh-command', id, ...commandOptions(world)], env);
    expect(plain.stdout).toBe(`ssh -p ${port} '${id}@${sshHost}'\n`);
    const withToken = await runCommand(['ssh-command', id, ...commandOptions(world), '--with-owner-token'], env);
    expect(withToken.stdout).toBe(`ssh -p ${port} '${id}#${ownerToken}@${sshHost}'\n`);
  });
});

describe('owner-token', () => {
  test.runIf(process.platform === 'linux')('--copy takes the program for the clipboard that is there', async () => {
    // As xclip does, on a desktop without wl-copy, which is looked for first.
    const clipboard = world.home.at('clipboard');
    const xclip = world.home.write('bin/xclip', `#!/bin/sh\ncat >'${clipboard}'\n`);
    await chmod(xclip, 0o700);
    const tokenFile = world.home.write('token', world.user.personalAccessToken);
    const words = ['owner-token', world.workspace.id, ...commandOptions(world), '--token-file', tokenFile, '--copy'];
    const path = `${world.home.at('bin')}:${process.env['PATH']}`;
    await using command = new TerminalCommand(words, { PATH: path });
    await expect.poll(command.screen, { timeout: 15_000 }).toMatch(/In the clipboard for 60 s|error:/);
    expect(command.screen()).not.toContain('error:');
    expect(await readFile(clipboard, 'utf8')).toBe(world.workspace.ownerToken);
    command.press('\x03');
    expect(await command.exited).toBe(0);
    expect(await readFile(clipboard, 'utf8')).toBe('');
  });

  test('is given on a terminal only', async () => {
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const words = ['owner-token', world.workspace.id, ...commandOptions(world), '--show'];
    const piped = await runCommand(words, env);
    expect(piped.code).toBe(2);
    expect(piped.stdout + piped.stderr).not.toContain(world.workspace.ownerToken);
  });
});

describe('keys create', () => {
  test('makes a key, registers it, and never overwrites', async () => {
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const refused = await runCommand(['keys', 'create', ...commandOptions(world), '--yes', '--no-passphrase'], env);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('never overwritten');

    await rm(world.home.at('.ssh'), { recursive: true });
    const words = [
      'keys',
      'create',
      ...commandOptions(world),
      '--yes',
      '--no-passphrase',
      '--register',
      '--name',
      'desk',
    ];
    const made = await runCommand(words, env);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect((await stat(world.home.at('.ssh'))).mode & 0o777).toBe(0o700);
    expect(world.user.sshPublicKeys).toMatchObject([{ name: 'desk' }]);
    const keys = await runCommand(['keys', ...commandOptions(world), '--json'], env);
    expect(JSON.parse(keys.stdout).local).toMatchObject([{ verdict: 'usable', registered_as: 'desk' }]);
  });

  test('asks first, and without a terminal takes that for a no', async () => {
    await rm(world.home.at('.ssh'), { recursive: true });
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const { code, stderr } = await runCommand(['keys', 'create', ...commandOptions(world)], env);
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
  });
});

describe('keys register', () => {
  test('waits until the user has registered the key where the token may not', async () => {
    const token = world.user.createToken(['function:getWorkspaces', 'function:getSSHPublicKeys', 'resource:default']);
    const env = { GITPOD_TOKEN: token };
    const keys = await runCommand(['keys', ...commandOptions(world), '--json'], env);
    const [{ fingerprint }] = JSON.parse(keys.stdout).local;
    const command = startCommand(['keys', 'register', fingerprint, ...commandOptions(world)], env);
    await expect.poll(command.stdout, { timeout: 10_000 }).toContain(`https://${world.gitpod.host}/keys`);
    await world.registerKey();
    expect(await command.exited).toBe(0);
    expect(command.stdout()).toContain('as "laptop"');
  });

  test('of an unknown fingerprint says so', async () => {
    const env = { GITPOD_TOKEN: world.user.personalAccessToken };
    const { code, stderr } = await runCommand(['keys', 'register', 'SHA256:nothing', ...commandOptions(world)], env);
    expect(code).toBe(2);
    expect(stderr).toContain('no key SHA256:nothing');
  });
});
