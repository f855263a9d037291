import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { type KeyKind, OpenSsh } from './support/openSsh.ts';
import { run } from './support/run.ts';
import { transcript } from './support/transcripts.ts';
import { unusedPort } from './support/unusedPort.ts';

/** The real `ssh` against the SSH gateway. */

let gitpod: EmbeddedGitpod;
let openSsh: OpenSsh;
let user: EmbeddedUser;
let workspace: EmbeddedWorkspace;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start();
  openSsh = await OpenSsh.create(gitpod);
  user = gitpod.addUser({ name: 'ada' });
  workspace = gitpod.addWorkspace(user);
});

afterAll(async () => {
  await openSsh[Symbol.asyncDispose]();
  await gitpod[Symbol.asyncDispose]();
});

describe('ways in', () => {
  test.each<KeyKind>(['ed25519', 'rsa', 'ecdsa'])('a registered %s key', async (kind) => {
    const owner = gitpod.addUser({ name: kind });
    const { id } = gitpod.addWorkspace(owner);
    const key = await openSsh.generateKey(kind);
    owner.addSshPublicKey(kind, await openSsh.publicKey(key));
    const finished = await openSsh.ssh(id, ['echo "$USER"; exit 3'], { settings: [`IdentityFile=${key}`] });
    expect(finished).toEqual({ code: 3, stdout: 'gitpod\n', stderr: '' });
  });

  test('the owner token as password', async () => {
    const finished = await openSsh.sshWithPassword(workspace.id, workspace.ownerToken, ['exit 42']);
    expect(finished).toEqual({ code: 42, stdout: '', stderr: '' });
  });

  test('the owner token in the user name', async () => {
    const name = `${workspace.id}#${workspace.ownerToken}`;
    const finished = await openSsh.ssh(name, ['echo in'], { settings: ['LogLevel=VERBOSE'] });
    expect(finished.stdout).toBe('in\n');
    expect(finished.stderr).toContain('using "none"');
  });

  test('a plain key although its certificate is offered too', async () => {
    const key = await signedKey('with-certificate');
    user.addSshPublicKey('with-certificate', await openSsh.publicKey(key));
    const settings = [`IdentityFile=${key}`, `CertificateFile=${key}-cert.pub`];
    expect(await openSsh.ssh(workspace.id, ['true'], { settings })).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('refusals', () => {
  test('openssh-upstream-dead', async () => {
    const down = gitpod.addWorkspace(user, { upstream: 'down' });
    const finished = await openSsh.ssh(`${down.id}#${down.ownerToken}`, ['true']);
    expect(finished).toEqual({ ...recorded('openssh-upstream-dead', { '<host>': '127.0.0.1' }), stdout: '' });
  });

  test('openssh-denied-no-identity', async () => {
    const stopped = gitpod.addWorkspace(user, { phase: 'stopped' });
    const finished = await openSsh.ssh(stopped.id, ['true']);
    const expected = recorded('openssh-denied-no-identity', { '<user>': stopped.id, '<host>': '127.0.0.1' });
    expect(finished).toEqual({ ...expected, stdout: '' });
  });

  test('openssh-denied-with-identity', async () => {
    const stopped = gitpod.addWorkspace(user, { phase: 'stopped' });
    const key = await openSsh.generateKey('ed25519', 'denied');
    const finished = await openSsh.ssh(stopped.id, ['true'], { settings: [`IdentityFile=${key}`] });
    const port = String(gitpod.sshPort);
    const expected = recorded('openssh-denied-with-identity', { '<ip>': '127.0.0.1', '<p>': port });
    expect(finished).toEqual({ ...expected, stdout: '' });
  });

  test('denied with a reset, by the fault switch', async () => {
    gitpod.faults.resetOnDenial = true;
    try {
      const stopped = gitpod.addWorkspace(user, { phase: 'stopped' });
      const key = await openSsh.generateKey('ed25519', 'denied-with-reset');
      const { code, stderr } = await openSsh.ssh(stopped.id, ['true'], { settings: [`IdentityFile=${key}`] });
      expect(code).toBe(255);
      expect(stderr).toMatch(/Connection reset|Broken pipe/);
    } finally {
      gitpod.faults.resetOnDenial = false;
    }
  });

  test('a key that is not registered', async () => {
    const key = await openSsh.generateKey('ed25519', 'unknown');
    const finished = await openSsh.ssh(workspace.id, ['true'], { settings: [`IdentityFile=${key}`] });
    expect(finished.code).toBe(255);
    expect(finished.stderr).toBe(`${workspace.id}@127.0.0.1: Permission denied (password,publickey).\r\n`);
  });

  test('a wrong password', async () => {
    const finished = await openSsh.sshWithPassword(workspace.id, 'wrong', ['true']);
    expect(finished.code).toBe(255);
    expect(finished.stderr).toContain(`${workspace.id}@127.0.0.1: Permission denied (password,publickey).`);
  });

  test('six wrong keys', async () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    const keys = await Promise.all(names.map((name) => openSsh.generateKey('ed25519', `wrong-${name}`)));
    const settings = keys.map((key) => `IdentityFile=${key}`);
    const finished = await openSsh.ssh(workspace.id, ['true'], { settings });
    expect(finished.code).toBe(255);
    expect(finished.stderr).toContain(
      `Received disconnect from 127.0.0.1 port ${gitpod.sshPort}:2: too many authentication failures`,
    );
  });

  test('a host key that is not listed', async () => {
    gitpod.faults.presentedHostKeyNotListed = true;
    try {
      const finished = await openSsh.ssh(`${workspace.id}#${workspace.ownerToken}`, ['true']);
      expect(finished.code).toBe(255);
      expect(finished.stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
    } finally {
      gitpod.faults.presentedHostKeyNotListed = false;
    }
  });

  test('connections that are reset', async () => {
    gitpod.faults.refuseSsh = true;
    try {
      const finished = await openSsh.ssh(workspace.id, ['true']);
      expect(finished.code).toBe(255);
      expect(finished.stderr).toContain('Connection reset by');
    } finally {
      gitpod.faults.refuseSsh = false;
    }
  });
});

describe('inside', () => {
  test('stdout, stderr and input of a command', async () => {
    const args = [...openSsh.options(), '-l', name(), '127.0.0.1', 'tr a-z A-Z; echo err >&2; exit 5'];
    expect(await run('ssh', args, { input: 'hello\n' })).toEqual({ code: 5, stdout: 'HELLO\n', stderr: 'err\n' });
  });

  test('a megabyte of stderr and two of stdout arrive whole', async () => {
    const command = 'head -c 1000000 /dev/zero >&2; head -c 2000000 /dev/zero';
    const { code, stdout, stderr } = await openSsh.ssh(name(), [command]);
    expect([code, stdout.length, stderr.length]).toEqual([0, 2_000_000, 1_000_000]);
  });

  test('a command killed by a signal', async () => {
    expect((await openSsh.ssh(name(), ['kill -TERM $$'])).code).toBe(255);
  });

  test('a terminal', async () => {
    const { code, stdout } = await openSsh.ssh(name(), ['-tt', 'tty; exit 7']);
    expect(code).toBe(7);
    expect(stdout).toMatch(/^\/dev\/(pts\/\d+|ttys\d+)\r\n$/);
  });

  test('a login shell', async () => {
    const args = [...openSsh.options(), '-T', '-l', name(), '127.0.0.1'];
    const finished = await run('ssh', args, { input: 'pwd; exit 9\n' });
    expect(finished.code).toBe(9);
    expect(finished.stdout).toContain(workspace.id);
  });

  test('key exchanges in the middle of five megabytes', async () => {
    const settings = ['RekeyLimit=1M', 'LogLevel=DEBUG1'];
    const { code, stdout, stderr } = await openSsh.ssh(name(), ['head -c 5000000 /dev/zero'], { settings });
    expect([code, stdout.length]).toEqual([0, 5_000_000]);
    expect(stderr.match(/SSH2_MSG_NEWKEYS received/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test('-W to a loopback port, each direction ending by itself', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('end', () => socket.end('bye'));
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const args = [...openSsh.options(), '-W', `127.0.0.1:${port}`, '-l', name(), '127.0.0.1'];
    expect(await run('ssh', args, { input: 'hello' })).toEqual({ code: 0, stdout: 'bye', stderr: '' });
    await new Promise((resolve) => server.close(resolve));
  });

  test('-W to a closed port', async () => {
    const args = [...openSsh.options(), '-W', `127.0.0.1:${await unusedPort()}`, '-l', name(), '127.0.0.1'];
    const { code, stderr } = await run('ssh', args);
    expect(code).toBe(255);
    expect(stderr).toContain('channel 0: open failed: connect failed: open target channel error');
  });

  test('-R 0 carries a connection back to the client', async () => {
    const target = createServer((socket) => socket.end('from the client'));
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as AddressInfo;
    const remoteForward = ['-R', `127.0.0.1:0:127.0.0.1:${port}`];
    const args = [...openSsh.options(), ...remoteForward, '-l', name(), '127.0.0.1', 'cat'];
    const client = spawn('ssh', args, { stdio: ['pipe', 'ignore', 'pipe'] });
    const allocated = /Allocated port (\d+) for remote forward/.exec(String((await once(client.stderr, 'data'))[0]));
    const connection = connect({ port: Number(allocated?.[1]), host: '127.0.0.1' });
    expect(await text(connection)).toBe('from the client');
    client.stdin.end();
    expect(await once(client, 'close')).toEqual([0, null]);
    await new Promise((resolve) => target.close(resolve));
  });

  test('sftp, both ways', async () => {
    const local = openSsh.path('upload');
    await writeFile(local, 'some text');
    const args = [...openSsh.options(), '-b', '-', `${name()}@127.0.0.1`];
    const finished = await run('sftp', args, { input: `put ${local} there\nget there ${openSsh.path('download')}\n` });
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(openSsh.path('download'), 'utf8')).toBe('some text');
  });

  test('UpdateHostKeys asks for a proof that cannot verify, and the session goes on', async () => {
    const settings = ['UpdateHostKeys=yes'];
    const { code, stdout, stderr } = await openSsh.ssh(name(), ['sleep 0.2; echo on'], { settings });
    expect([code, stdout]).toEqual([0, 'on\n']);
    expect(stderr).toContain('client_global_hostkeys_prove_confirm: server gave bad signature for ED25519 key 0');
  });
});

test('the handshake offers what the real one offers', async () => {
  const settings = ['LogLevel=DEBUG2'];
  const { stderr } = await openSsh.ssh(name(), ['true'], { settings });
  const proposal = stderr.slice(stderr.indexOf('peer server KEXINIT proposal'));
  const offered = (what: string) => new RegExp(`${what}: (\\S*)`).exec(proposal)?.[1]?.split(',');
  expect(stderr).toContain('remote software version GITPOD-GATEWAY');
  expect(offered('KEX algorithms')).toEqual([
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group14-sha1',
    'kex-strict-s-v00@openssh.com',
  ]);
  expect(offered('host key algorithms')).toEqual([
    'ssh-ed25519',
    'rsa-sha2-256',
    'rsa-sha2-512',
    'ssh-rsa',
    'ecdsa-sha2-nistp256',
  ]);
  expect(offered('ciphers stoc')).toEqual([
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ]);
  expect(offered('compression stoc')).toEqual(['none']);
});

function name(): string {
  return `${workspace.id}#${workspace.ownerToken}`;
}

function recorded(caseName: string, values: Readonly<Record<string, string>>): { code: unknown; stderr: string } {
  const { stderr, rc } = transcript(caseName).fields;
  const line = Object.entries(values).reduce(
    (sofar, [placeholder, value]) => sofar.replace(placeholder, value),
    String(stderr),
  );
  return { code: rc, stderr: `${line}\r\n` };
}

/** A key with a certificate over it beside it, as `ssh-keygen -s` makes it. */
async function signedKey(keyName: string): Promise<string> {
  const authority = await openSsh.generateKey('ed25519', `${keyName}-authority`);
  const key = await openSsh.generateKey('ed25519', keyName);
  const signed = await run('ssh-keygen', ['-q', '-s', authority, '-I', 'id', '-n', 'gitpod', `${key}.pub`]);
  if (signed.code !== 0) throw new Error(signed.stderr);
  return key;
}
