import { existsSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EmbeddedGitpod } from '../embedded-gitpod/embeddedGitpod.ts';
import { Browser } from '../support/browser.ts';
import { hasKeyring, startKeyring } from '../support/keyring.ts';
import { type RunningCommand, runCommand, startCommand } from '../support/runBundle.ts';
import { SignInPorts } from '../support/signInPorts.ts';
import { TerminalCommand } from '../support/terminal.ts';
import { makeWorld, type World } from '../support/world.ts';

let ports: SignInPorts;
let world: World;
let browser: Browser;

beforeEach(async () => {
  ports = await SignInPorts.own();
  world = await makeWorld();
  browser = new Browser(world.gitpod, world.user);
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await ports[Symbol.asyncDispose]();
});

function reach({ host, caFile, resolve }: EmbeddedGitpod = world.gitpod): string[] {
  return ['--host', host, '--ca-file', caFile, '--resolve', resolve];
}

function common(gitpod?: EmbeddedGitpod): string[] {
  return [...reach(gitpod), '--home', world.home.path];
}

const storePath = () => world.home.at('.config/gitpod-helper/credentials.json');

/** The page that the command prints to open. */
async function printedPage(output: () => string): Promise<string> {
  const page = () => /https:\/\/\S+\/api\/oauth\/authorize\?[^\s"]+/.exec(output())?.[0];
  await expect.poll(page, { timeout: 15_000 }).toBeDefined();
  return page() ?? '';
}

async function loginWithToken(token: string, words: string[] = common(), env = {}): Promise<RunningCommand> {
  const command = startCommand(['login', ...words, '--token-stdin'], env, 'pipe');
  command.child.stdin?.end(token);
  await command.exited;
  return command;
}

describe('login without a desktop', () => {
  test('prints the page, waits for the browser, and keeps the token', async () => {
    const command = startCommand(['login', ...common()]);
    await browser.open(await printedPage(command.stderr));
    expect(await command.exited, command.stderr()).toBe(0);
    expect(command.stdout()).toBe(`Signed in to ${world.gitpod.host} as ada. The token is kept in ${storePath()}.\n`);
    expect(await runCommand(['list', ...common()])).toMatchObject({ code: 0 });
  });

  test('with --json prints the page and the end as documents, and no token', async () => {
    const command = startCommand(['login', ...common(), '--json']);
    await browser.open(await printedPage(command.stdout));
    expect(await command.exited).toBe(0);
    const [page, end, ...rest] = command
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(page).toEqual({ open_page: { url: expect.any(String), expires_at: expect.stringMatching(/^\d{4}-/) } });
    expect(end).toEqual({ signed_in: { host: world.gitpod.host, user_name: 'ada', kept_in: storePath() } });
    expect(rest).toEqual([]);
    const { tokens } = JSON.parse(readFileSync(storePath(), 'utf8'));
    expect(command.stdout() + command.stderr()).not.toContain(tokens[world.gitpod.host]);
  });

  test('on a terminal takes the address that a browser elsewhere has ended on', async () => {
    await using command = new TerminalCommand(['login', ...common()]);
    const page = await printedPage(command.screen);
    await expect.poll(command.screen, { timeout: 10_000 }).toContain('Paste that address here.');
    command.type('https://example.test/?code=x&state=y');
    await expect.poll(command.screen, { timeout: 10_000 }).toContain('not the address the sign-in ends on');
    command.type((await browser.addressAfter(page)).href);
    expect(await command.exited).toBe(0);
    expect(command.screen()).toContain(`Signed in to ${world.gitpod.host} as ada.`);
  });

  test('declined in the browser keeps nothing and says what to do', async () => {
    const command = startCommand(['login', ...common()]);
    await browser.open(await printedPage(command.stderr), 'no');
    expect(await command.exited).toBe(3);
    expect(command.stderr()).toMatch(/was declined in the browser\.\n {2}→ Sign in again and approve the access/);
    expect(existsSync(storePath())).toBe(false);
  });

  test('is ended by Ctrl-C, and its port is free', async () => {
    const command = startCommand(['login', ...common()]);
    await printedPage(command.stderr);
    expect(await ports.taken()).toEqual([63_110]);
    command.child.kill('SIGINT');
    expect(await command.exited).toBe(0);
    expect(await ports.taken()).toEqual([]);
  });

  test('a store that cannot be used is told of before anybody signs in', async () => {
    await loginWithToken(world.user.personalAccessToken);
    await chmod(world.home.at('.config/gitpod-helper'), 0o755);
    const { code, stderr } = await runCommand(['login', ...common()]);
    expect(code).toBe(2);
    expect(stderr).toContain('chmod 700');
  });
});

describe('login with a desktop', () => {
  /** An xdg-open that writes down what it gets. */
  async function desktop(): Promise<Record<string, string>> {
    const path = world.home.write('bin/xdg-open', `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > "$0.got"\nenv >> "$0.got"\n`);
    await chmod(path, 0o700);
    return { DISPLAY: ':99', PATH: `${world.home.at('bin')}:${process.env['PATH']}` };
  }

  test('opens the page in the browser, and prints it, too', async () => {
    const env = await desktop();
    const command = startCommand(['login', ...common()], { ...env, GITPOD_TOKEN: 'canary-token' });
    const page = await printedPage(command.stderr);
    const got = () =>
      existsSync(world.home.at('bin/xdg-open.got')) ? readFileSync(world.home.at('bin/xdg-open.got'), 'utf8') : '';
    await expect.poll(got, { timeout: 10_000 }).toContain(`1\n${page}\n`);
    await expect.poll(got, { timeout: 10_000 }).toContain('DISPLAY=:99');
    expect(got()).not.toContain('canary-token');
    await browser.open(page);
    expect(await command.exited).toBe(0);
  });

  test('--no-browser only prints it', async () => {
    const command = startCommand(['login', ...common(), '--no-browser'], await desktop());
    await browser.open(await printedPage(command.stderr));
    expect(await command.exited).toBe(0);
    expect(command.stderr()).toContain('Sign in on this page:');
    expect(existsSync(world.home.at('bin/xdg-open.got'))).toBe(false);
  });
});

describe('login --token-stdin', () => {
  test('is ended by an interruption while it waits for the token', async () => {
    const command = startCommand(['login', ...common(), '--token-stdin'], {}, 'pipe');
    await pause(2_000); // nothing tells that it waits
    command.child.kill('SIGINT');
    await expect.poll(() => command.child.exitCode, { timeout: 5_000 }).toBe(0);
  });

  test('takes blanks and a line end around a token', async () => {
    const command = await loginWithToken(`  ${world.user.personalAccessToken}\r\n`);
    expect(await command.exited, command.stderr()).toBe(0);
  });

  test.each([
    ['nothing', '', /it is empty/],
    ['two lines', 'gitpod_pat_a.b\nX-Header: c', /characters that no token has/],
    ['unicode', 'gitpod_pat_ü.b', /characters that no token has/],
    ['a NUL', 'gitpod_pat_a\0b', /characters that no token has/],
    ['megabytes', 'x'.repeat(3_000_000), /longer than any token is/],
  ])('refuses %s', async (_what, token, message) => {
    const command = await loginWithToken(token);
    expect(command.child.exitCode).toBe(2);
    expect(command.stderr()).toMatch(message);
    expect(existsSync(storePath())).toBe(false);
  });
});

describe('several installations', () => {
  test('are signed in to side by side; logout --all removes everything', async () => {
    await using other = await EmbeddedGitpod.start({ domain: 'other.test' });
    const ben = other.addUser({ name: 'ben' });
    await loginWithToken(world.user.personalAccessToken);
    await loginWithToken(ben.createToken(['function:getLoggedInUser']), common(other));
    const both = [
      ...['--home', world.home.path, '--resolve', world.gitpod.resolve, '--resolve', other.resolve],
      ...[
        '--ca-file',
        world.home.write('ca.pem', [world.gitpod, other].map(({ caFile }) => readFileSync(caFile)).join('\n')),
      ],
    ];
    ben.revokeToken(ben.personalAccessToken);
    const shown = await runCommand(['accounts', ...both]);
    expect(shown, shown.stderr).toMatchObject({ code: 0 });
    expect(shown.stdout).toMatch(new RegExp(`^${world.gitpod.host} +ada +signed in$`, 'm'));
    expect(shown.stdout).toMatch(new RegExp(`^${other.host} +ben +signed in$`, 'm'));

    const list = await runCommand(['list', '--all', ...both, '--json']); // the named one, gitpod.io, has no token
    expect(JSON.parse(list.stdout)).toMatchObject({
      failure: { code: 'SCOPE_MISSING', details: { host: other.host } },
    });

    const allOut = await runCommand(['logout', '--all', ...both, '--json']);
    expect(JSON.parse(allOut.stdout)).toEqual({ signed_out: [world.gitpod.host, other.host] });
    expect(existsSync(world.home.at('.config/gitpod-helper'))).toBe(false);
    expect((await runCommand(['accounts', ...both])).stdout).toContain('You are not signed in.');
  });

  test('accounts sends a token that is given to the installation that is named only', async () => {
    await loginWithToken(world.user.personalAccessToken);
    const env = { GITPOD_TOKEN: 'for-nobody-but-elsewhere' };
    const words = ['accounts', '--home', world.home.path, '--ca-file', world.gitpod.caFile, '--json'];
    const { stdout } = await runCommand([...words, '--resolve', '*=127.0.0.1', '--host', 'elsewhere.test:1'], env);
    expect(JSON.parse(stdout).accounts).toMatchObject([
      { host: 'elsewhere.test:1', state: 'UNREACHABLE', failure: { code: 'HOST_UNREACHABLE' } },
      { host: world.gitpod.host, state: 'SIGNED_IN', user_name: 'ada' },
    ]);
  });

  test('accounts tells that a token has stopped working', async () => {
    await loginWithToken(world.user.personalAccessToken);
    world.user.revokeToken(world.user.personalAccessToken);
    const { stdout } = await runCommand(['accounts', ...common(), '--json']);
    expect(JSON.parse(stdout).accounts).toMatchObject([
      { host: world.gitpod.host, state: 'EXPIRED', scopes: [], failure: { remedies: [{ action: 'SIGN_IN' }] } },
    ]);
  });
});

describe.skipIf(!hasKeyring)('with a keychain', () => {
  test('the token is there and nowhere else, commands find it, and logout takes it out', async () => {
    await using keyring = await startKeyring();
    // With an overridden home the keychain is left alone; this gives the files another place and nothing else.
    const env = { ...keyring.env, XDG_CONFIG_HOME: world.home.at('config'), GITPOD_HOST: world.gitpod.host };
    const entry = ['service', 'gitpod-helper', 'host', world.gitpod.host];
    const login = await loginWithToken(world.user.personalAccessToken, reach(), env);
    expect(login.stdout()).toContain('kept in secret-tool');
    expect(await keyring.lookup(entry)).toBe(world.user.personalAccessToken);
    const file = world.home.at('config/gitpod-helper/credentials.json');
    expect(readFileSync(file, 'utf8')).not.toContain(world.user.personalAccessToken);
    expect((await runCommand(['list', ...reach()], env)).stdout).toContain(world.workspace.id);

    await keyring.lock();
    const locked = await runCommand(['list', ...reach()], env);
    expect(locked).toMatchObject({ code: 3, stderr: expect.stringContaining('Unlock the keychain') });
    const given = { ...env, GITPOD_TOKEN: world.user.personalAccessToken };
    expect(await runCommand(['list', ...reach()], given)).toMatchObject({ code: 0 });
  });
});

test('the help does not show defaults that tell nothing', async () => {
  const { stdout } = await runCommand(['login', '--help']);
  expect(stdout).not.toContain('(default: "")');
  expect(stdout).not.toContain('(default: [])');
});
