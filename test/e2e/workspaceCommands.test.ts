import { existsSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandOptions } from '../support/commandOptions.ts';
import { runCommand, startCommand } from '../support/runBundle.ts';
import { TerminalCommand } from '../support/terminal.ts';
import { makeWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

function run(words: readonly string[]) {
  return runCommand([...words, ...commandOptions(world)], { GITPOD_TOKEN: world.user.personalAccessToken });
}

const documents = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('stop, start', () => {
  test('for a person', async () => {
    const { id } = world.workspace;
    expect(await run(['stop', id])).toMatchObject({ code: 0, stdout: `${id} is stopping.\n` });
    await expect.poll(() => world.workspace.phase, { timeout: 10_000 }).toBe('stopped');
    const { code, stdout } = await run(['start', id]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/pulling the workspace image\n/);
    expect(stdout).toMatch(new RegExp(`${id} runs: https://${id}\\.`));
    expect((await run(['start', id])).stdout).toMatch(/runs already/);
  });

  test('as JSON', async () => {
    const { id } = world.workspace;
    world.workspace.phase = 'stopped';
    const { code, stdout } = await run(['start', id, '--json']);
    expect(code).toBe(0);
    expect(documents(stdout).at(-1)).toMatchObject({ workspace: { id, phase: 'running' } });
  });

  test('of a workspace that is not there', async () => {
    const { code, stderr } = await run(['stop', 'amber-otter-00000000000']);
    expect(code).toBe(4);
    expect(stderr).toMatch(/There is no workspace amber-otter-00000000000/);
  });
});

describe('delete', () => {
  test('only once the id was typed once more', async () => {
    const { id } = world.workspace;
    const refused = await run(['delete', id]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was deleted') });
    expect((await run(['delete', id, '--confirm', 'amber-otter-00000000000'])).code).toBe(2);
    const deleted = await run(['delete', id, '--confirm', id, '--json']);
    expect(deleted.code).toBe(0);
    expect(JSON.parse(deleted.stdout)).toEqual({ deleted: { host: world.gitpod.host, id } });
    expect((await run(['list'])).stdout).toBe('You have no workspaces.\n');
  });

  test.each([
    ['Ctrl-C ends the command', '\x03', 0, /Type its id: \s*(\^C)?\s*$/],
    ['the end of input is no id', '\x04', 2, /nothing was deleted/],
  ])('at the question on a terminal %s', async (_what, typed, code, screen) => {
    const { id } = world.workspace;
    const tokenFile = world.home.write('token', world.user.personalAccessToken);
    const words = ['delete', id, ...commandOptions(world), '--token-file', tokenFile];
    await using command = new TerminalCommand(words);
    await expect.poll(command.screen, { timeout: 15_000 }).toContain('Type its id:');
    command.press(typed);
    const ended = await Promise.race([command.exited, pause(5_000, 'it goes on')]);
    expect(ended, command.screen()).toBe(code);
    expect(command.screen()).toMatch(screen);
    expect(world.home.at('.config/gitpod-helper/crashes')).not.toSatisfy(existsSync);
  });
});

describe('create', () => {
  test('prints the id, and each phase until it runs', async () => {
    const url = 'https://github.com/example/new-one';
    const { code, stdout } = await run(['create', url, '--class', 'g1-large', '--json']);
    expect(code).toBe(0);
    const printed = documents(stdout);
    expect(printed[0]).toMatchObject({ created: { host: world.gitpod.host, id: expect.any(String) } });
    expect(printed.at(-1)).toMatchObject({
      workspace: { phase: 'running', repository: 'example/new-one', workspace_class: 'g1-large' },
    });
  });

  test('says which organizations there are', async () => {
    world.user.organizations.push({ id: '00000000-0000-4000-8000-000000000001', name: 'Acme' });
    const { code, stderr } = await run(['create', 'https://github.com/example/new-one']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/several organizations .*Acme \(00000000-0000-4000-8000-000000000001\)/);
    expect(stderr).toMatch(/--organization ID/);
  });
});

describe('list', () => {
  test('--watch prints the list, then each change, until interrupted', async () => {
    const token = { GITPOD_TOKEN: world.user.personalAccessToken };
    const watching = startCommand(['list', '--watch', ...commandOptions(world), '--json'], token);
    await expect.poll(() => watching.stdout(), { timeout: 10_000 }).toContain('"snapshot"');
    world.workspace.phase = 'stopping';
    await expect.poll(() => watching.stdout(), { timeout: 10_000 }).toContain('"phase":"stopping"');
    watching.child.kill('SIGINT');
    expect(await watching.exited).toBe(0);
    expect(documents(watching.stdout())[0]).toMatchObject({ link: { live: true } });
  });

  test('--phase keeps those in a phase; pinned ones come first', async () => {
    const pinned = world.gitpod.addWorkspace(world.user, {
      pinned: true,
      phase: 'stopped',
      creationTime: new Date(0).toISOString(),
    });
    const all = documents((await run(['list', '--json'])).stdout)[0].workspaces;
    expect(all.map(({ id }: { id: string }) => id)).toEqual([pinned.id, world.workspace.id]);
    const running = documents((await run(['list', '--phase', 'running', '--json'])).stdout)[0].workspaces;
    expect(running.map(({ id }: { id: string }) => id)).toEqual([world.workspace.id]);
    expect((await run(['list', '--phase', 'asleep'])).code).toBe(2);
  });
});

describe('dashboard', () => {
  test('prints the address where there is no desktop, without asking the installation anything', async () => {
    const { origin } = world.gitpod;
    expect((await run(['dashboard'])).stdout).toBe(`${origin}/workspaces\n`);
    const { stdout } = await run(['dashboard', world.workspace.id, '--json']);
    expect(JSON.parse(stdout)).toEqual({ url: `${origin}/start/#${world.workspace.id}`, opened: false });
    expect((await run(['dashboard', 'no id'])).code).toBe(2);
    expect(world.gitpod.events).toEqual([]);
  });

  test('opens it in the browser where there is one', async () => {
    const opener = world.home.write('bin/xdg-open', `#!/bin/sh\nprintf %s "$1" > ${world.home.at('opened')}\n`);
    await chmod(opener, 0o755);
    const env = { DISPLAY: ':0', PATH: `${world.home.at('bin')}:${process.env['PATH']}` };
    const { code } = await runCommand(['dashboard', ...commandOptions(world)], env);
    expect(code).toBe(0);
    const opened = () => readFile(world.home.at('opened'), 'utf8').catch(() => '');
    await expect.poll(opened, { timeout: 10_000 }).toBe(`${world.gitpod.origin}/workspaces`);
  });
});
