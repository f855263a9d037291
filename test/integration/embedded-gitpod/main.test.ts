import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EmbeddedGitpod } from '../../embedded-gitpod/embeddedGitpod.ts';
import { OpenSsh } from './support/openSsh.ts';
import { RawSshClient } from './support/rawSshClient.ts';
import { run } from './support/run.ts';

/** The command line, and that nothing is left behind. */

const program = fileURLToPath(new URL('../../embedded-gitpod/main.ts', import.meta.url));

interface Description {
  readonly host: string;
  readonly origin: string;
  readonly ca_file: string;
  readonly https_port: number;
  readonly ssh_port: number;
  readonly resolve: string;
  readonly token: string;
  readonly workspaces: readonly {
    readonly role: string;
    readonly id: string;
    readonly phase: string;
    readonly ide_url: string;
    readonly owner_token: string;
  }[];
}

describe('--json', () => {
  test('prints one line, serves, and ends with its standard input', async () => {
    const child = start('--json');
    const description = await firstLine(child);
    expect(description.host).toBe(`gitpod.test:${description.https_port}`);
    expect(description.origin).toBe(`https://${description.host}`);
    expect(description.resolve).toBe('gitpod.test,*.gitpod.test=127.0.0.1');
    expect(description.token).toMatch(/^gitpod_pat_/);
    expect(description.workspaces.map(({ role }) => role)).toContain('stopped');
    const ready = description.workspaces.find(({ role }) => role === 'ready');
    expect(ready?.ide_url).toBe(`https://${ready?.id}.ws-eu1.${description.host}`);
    await using client = await RawSshClient.connect(description.ssh_port);
    client.password(ready?.id ?? '', ready?.owner_token ?? '');
    expect(await client.events.next()).toBe('success');
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(existsSync(dirname(description.ca_file))).toBe(false);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends by %s, with everything removed', async (signal) => {
    const child = start('--json');
    const description = await firstLine(child);
    expect(existsSync(description.ca_file)).toBe(true);
    child.kill(signal);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(existsSync(dirname(description.ca_file))).toBe(false);
  });

  test('--authorized-key registers keys for the main user', async () => {
    await using gitpod = await EmbeddedGitpod.start();
    await using openSsh = await OpenSsh.create(gitpod);
    const keys = await Promise.all([openSsh.generateKey('ed25519', 'a'), openSsh.generateKey('ed25519', 'b')]);
    const child = start('--json', ...keys.flatMap((key) => ['--authorized-key', `${key}.pub`]));
    const { ssh_port: port, workspaces } = await firstLine(child);
    for (const key of keys) {
      const settings = [
        `Port=${port}`,
        `IdentityFile=${key}`,
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
      ];
      const { code, stdout } = await openSsh.ssh(workspaces[0]?.id ?? '', ['echo in'], { settings });
      expect([code, stdout]).toEqual([0, 'in\n']);
    }
    child.stdin.end();
    await once(child, 'close');
  });
});

test('without --json it tells a person', async () => {
  const child = start();
  const lines = createInterface({ input: child.stdout });
  const [first] = await once(lines, 'line');
  expect(first).toContain('An embedded Gitpod is running');
  child.stdin.end();
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('dispose ends clients, commands and forwards that are still there', async () => {
  const gitpod = await EmbeddedGitpod.start();
  const { id, ownerToken } = gitpod.addWorkspace(gitpod.addUser({ name: 'ada' }));
  await using client = await RawSshClient.connect(gitpod.sshPort);
  client.password(id, ownerToken);
  client.openSession();
  expect(await client.events.take(3)).toEqual(['success', 'G', 'O']);
  client.request('exec', 'trap "" HUP; echo $$; exec sleep 600');
  const [, line] = await client.events.take(2);
  const pid = Number(/\d+/.exec(line ?? '')?.[0]);
  expect(await isAlive(pid)).toBe(true);
  const { caFile } = gitpod;
  await gitpod[Symbol.asyncDispose]();
  expect(await client.events.next()).toBe('tcp_eof');
  expect(await isAlive(pid)).toBe(false);
  expect(existsSync(dirname(caFile))).toBe(false);
});

test('a background process outlives its command and the connection, but not the embedded Gitpod', async () => {
  const gitpod = await EmbeddedGitpod.start();
  const { id, ownerToken } = gitpod.addWorkspace(gitpod.addUser({ name: 'ada' }));
  const client = await RawSshClient.connect(gitpod.sshPort);
  client.password(id, ownerToken);
  client.openSession();
  client.request('exec', 'nohup sleep 600 >/dev/null 2>&1 & echo $!');
  const events = await client.events.take(8);
  expect(events.at(-1)).toBe('ch_close');
  const pid = Number(/data "(\d+)/.exec(events.join(' '))?.[1]);
  await client[Symbol.asyncDispose]();
  expect(await isAlive(pid)).toBe(true);
  await gitpod[Symbol.asyncDispose]();
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('ten thousand idle workspaces cost no listener and no certificate', async () => {
  await using gitpod = await EmbeddedGitpod.start();
  const user = gitpod.addUser({ name: 'ada' });
  const listeners = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
  const before = listeners();
  for (let i = 0; i < 10_000; i++) gitpod.addWorkspace(user);
  expect(listeners()).toBe(before);
});

type Running = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

function start(...args: readonly string[]): Running {
  return spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function firstLine(child: Running): Promise<Description> {
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(line);
}

/** Whether it runs: one that ended and waits for init to take note does not. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(pid)]);
  return /^[^Z\s]/.test(stdout);
}
