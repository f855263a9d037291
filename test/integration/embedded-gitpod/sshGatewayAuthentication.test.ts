import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { generateSshKeyPair, type SshKeyPair } from '../../embedded-gitpod/ssh-wire/keyPair.ts';
import { raw, type SshField, sshFields, uint32 } from '../../embedded-gitpod/ssh-wire/sshWriter.ts';
import { authorizedKey } from './support/authorizedKey.ts';
import { RawSshClient } from './support/rawSshClient.ts';

/** The table "Authentication" of ssh-gateway-observed §1, request by request. */

const tooMany = 'disconnect 2 "too many authentication failures"';

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;
let workspace: EmbeddedWorkspace;
let registered: SshKeyPair;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start();
  user = gitpod.addUser({ name: 'ada' });
  registered = await generateSshKeyPair('ed25519');
  user.addSshPublicKey('laptop', authorizedKey(registered));
  workspace = gitpod.addWorkspace(user);
});

afterAll(async () => {
  await gitpod[Symbol.asyncDispose]();
});

describe('publickey', () => {
  test.each(['ed25519', 'rsa', 'ecdsa'] as const)(
    'a registered %s key is asked about, signs and is let in',
    async (kind) => {
      const owner = gitpod.addUser({ name: kind });
      const { id } = gitpod.addWorkspace(owner);
      const key = await generateSshKeyPair(kind);
      owner.addSshPublicKey(kind, authorizedKey(key));
      const algorithm = kind === 'rsa' ? 'rsa-sha2-256' : key.type;
      await using client = await RawSshClient.connect(gitpod.sshPort);
      client.queryKey(id, algorithm, key.blob);
      expect(await client.events.next()).toBe('pk_ok');
      client.signWithKey(id, algorithm, key);
      expect(await client.events.next()).toBe('success');
    },
  );

  test('a bad signature closes the connection without a message', async () => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.queryKey(workspace.id, 'ssh-ed25519', registered.blob);
    expect(await client.events.next()).toBe('pk_ok');
    client.signWithKey(workspace.id, 'ssh-ed25519', registered, { spoil: true });
    expect(await client.events.next()).toBe('tcp_eof');
  });

  test('a certificate over a registered key is refused', async () => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    const type = 'ssh-ed25519-cert-v01@openssh.com';
    client.queryKey(workspace.id, type, certificateBlob(type, registered));
    expect(await client.events.next()).toBe('F');
  });

  test('five wrong keys leave room for the right one', async () => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.none(workspace.id);
    for (let i = 0; i < 5; i++)
      client.queryKey(workspace.id, 'ssh-ed25519', (await generateSshKeyPair('ed25519')).blob);
    expect(await client.events.take(6)).toEqual(['F', 'F', 'F', 'F', 'F', 'F']);
    client.signWithKey(workspace.id, 'ssh-ed25519', registered);
    expect(await client.events.next()).toBe('success');
  });

  test('the sixth wrong key disconnects', async () => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.none(workspace.id);
    for (let i = 0; i < 6; i++)
      client.queryKey(workspace.id, 'ssh-ed25519', (await generateSshKeyPair('ed25519')).blob);
    expect(await client.events.take(8)).toEqual(['F', 'F', 'F', 'F', 'F', 'F', tooMany, 'tcp_eof']);
  });

  test('a key that is registered meanwhile is refused on this connection and taken on the next', async () => {
    const key = await generateSshKeyPair('ed25519');
    await using before = await RawSshClient.connect(gitpod.sshPort);
    before.queryKey(workspace.id, 'ssh-ed25519', key.blob);
    expect(await before.events.next()).toBe('F');
    user.addSshPublicKey('new laptop', authorizedKey(key));
    before.queryKey(workspace.id, 'ssh-ed25519', key.blob);
    expect(await before.events.next()).toBe('F');
    await using after = await RawSshClient.connect(gitpod.sshPort);
    after.queryKey(workspace.id, 'ssh-ed25519', key.blob);
    expect(await after.events.next()).toBe('pk_ok');
  });

  test("another user's registered key is refused", async () => {
    const { id } = gitpod.addWorkspace(gitpod.addUser({ name: 'ben' }));
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.queryKey(id, 'ssh-ed25519', registered.blob);
    expect(await client.events.next()).toBe('F');
  });
});

describe('password', () => {
  test('wrong or empty is a failure, and the right one then works on the same connection', async () => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.password(workspace.id, 'wrong');
    client.password(workspace.id, '');
    expect(await client.events.take(2)).toEqual(['F', 'F']);
    client.password(workspace.id, workspace.ownerToken);
    expect(await client.events.next()).toBe('success');
  });

  test('the owner token is read anew at each attempt', async () => {
    const rotating = gitpod.addWorkspace(user);
    const oldToken = rotating.ownerToken;
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.password(rotating.id, 'wrong');
    expect(await client.events.next()).toBe('F');
    rotating.rotateOwnerToken();
    client.password(rotating.id, oldToken);
    expect(await client.events.next()).toBe('F');
    client.password(rotating.id, rotating.ownerToken);
    expect(await client.events.next()).toBe('success');
  });

  test('the sixth wrong password disconnects', async () => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    for (let i = 0; i < 6; i++) client.password(workspace.id, 'wrong');
    expect(await client.events.take(7)).toEqual(['F', 'F', 'F', 'F', 'F', tooMany, 'tcp_eof']);
  });
});

describe('the owner token in the user name', () => {
  test.each([
    ['wrong', (id: string) => `${id}#wrong`],
    ['empty', (id: string) => `${id}#`],
  ])('%s: denied', async (_name, userName) => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.none(userName(workspace.id));
    expect(await client.events.take(2)).toEqual(['D', 'tcp_eof']);
  });

  test('right, but with a password or a key: denied', async () => {
    const name = `${workspace.id}#${workspace.ownerToken}`;
    await using byPassword = await RawSshClient.connect(gitpod.sshPort);
    byPassword.password(name, workspace.ownerToken);
    expect(await byPassword.events.take(2)).toEqual(['D', 'tcp_eof']);
    await using byKey = await RawSshClient.connect(gitpod.sshPort);
    byKey.signWithKey(name, 'ssh-ed25519', registered);
    expect(await byKey.events.take(2)).toEqual(['D', 'tcp_eof']);
  });

  test('a second # is a failure for none and a denial for the rest', async () => {
    const name = `${workspace.id}#${workspace.ownerToken}#x`;
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.none(name);
    expect(await client.events.next()).toBe('F');
    client.password(name, workspace.ownerToken);
    expect(await client.events.take(2)).toEqual(['D', 'tcp_eof']);
  });
});

describe('denied at the first request of any method', () => {
  test.each(['none', 'password', 'publickey'] as const)('%s', async (method) => {
    const pending = gitpod.addWorkspace(user, { phase: 'pending' });
    const names = [workspace.id.toUpperCase(), 'brave-otter-00000000', 'gitpod', pending.id];
    for (const name of names) {
      await using client = await RawSshClient.connect(gitpod.sshPort);
      request(client, method, name);
      expect(await client.events.take(2), name).toEqual(['D', 'tcp_eof']);
    }
  });

  test('also after the user name was changed to an unknown one', async () => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.none(workspace.id);
    expect(await client.events.next()).toBe('F');
    client.password('brave-otter-00000000', workspace.ownerToken);
    expect(await client.events.take(2)).toEqual(['D', 'tcp_eof']);
  });
});

describe('other methods', () => {
  const hostbased: readonly SshField[] = ['ssh-ed25519', '', 'laptop.example', 'ada', ''];

  test.each<readonly [string, readonly SshField[]]>([
    ['keyboard-interactive', ['', '']],
    ['hostbased', hostbased],
  ])('%s is a failure that counts', async (method, fields) => {
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.none(workspace.id);
    for (let i = 0; i < 6; i++) client.authenticate(workspace.id, method, ...fields);
    expect(await client.events.take(8)).toEqual(['F', 'F', 'F', 'F', 'F', 'F', tooMany, 'tcp_eof']);
  });
});

describe('fault switches', () => {
  test('denySsh denies every method', async () => {
    gitpod.faults.denySsh = true;
    try {
      for (const method of ['none', 'password', 'publickey'] as const) {
        await using client = await RawSshClient.connect(gitpod.sshPort);
        request(client, method, workspace.id);
        expect(await client.events.take(2), method).toEqual(['D', 'tcp_eof']);
      }
    } finally {
      gitpod.faults.denySsh = false;
    }
  });

  test('refuseKeys makes a registered key a failure, and leaves the password', async () => {
    gitpod.faults.refuseKeys = true;
    try {
      await using client = await RawSshClient.connect(gitpod.sshPort);
      client.signWithKey(workspace.id, 'ssh-ed25519', registered);
      client.password(workspace.id, workspace.ownerToken);
      expect(await client.events.take(2)).toEqual(['F', 'success']);
    } finally {
      gitpod.faults.refuseKeys = false;
    }
  });

  test('rotateOwnerTokenAtNextPassword makes the known token wrong, once', async () => {
    const rotating = gitpod.addWorkspace(user);
    gitpod.faults.rotateOwnerTokenAtNextPassword = true;
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.password(rotating.id, rotating.ownerToken);
    expect(await client.events.next()).toBe('F');
    client.password(rotating.id, rotating.ownerToken);
    expect(await client.events.next()).toBe('success');
  });
});

test('clients are told every user signature algorithm, and a ping is answered', async () => {
  await using client = await RawSshClient.connect(gitpod.sshPort);
  client.ping('are you there');
  expect(await client.events.next()).toBe('pong are you there');
  expect(client.signatureAlgorithms).toEqual(
    [
      'ssh-ed25519,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com',
      'ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521',
      'rsa-sha2-256,rsa-sha2-512,ssh-rsa,ssh-dss',
    ].flatMap((names) => names.split(',')),
  );
});

test('what clients did is on record, without their secrets', async () => {
  await using own = await EmbeddedGitpod.start();
  const { id, ownerToken } = own.addWorkspace(own.addUser({ name: 'ada' }));
  await using client = await RawSshClient.connect(own.sshPort);
  client.none(`${id}#${ownerToken}`);
  await client.events.next();
  expect(own.events).toContainEqual({ kind: 'ssh-auth', user: id, method: 'none', outcome: 'accepted' });
  expect(JSON.stringify(own.events)).not.toContain(ownerToken);
});

function request(client: RawSshClient, method: 'none' | 'password' | 'publickey', name: string): void {
  if (method === 'none') client.none(name);
  else if (method === 'password') client.password(name, workspace.ownerToken);
  else client.signWithKey(name, 'ssh-ed25519', registered);
}

/** The shape of a certificate (OpenSSH PROTOCOL.certkeys), enough to be compared with a key. */
function certificateBlob(type: string, key: SshKeyPair): Buffer {
  const publicKey = key.blob.subarray(-32);
  const validity = raw(Buffer.alloc(16, 0xff));
  const serial = raw(Buffer.alloc(8));
  return sshFields(type, Buffer.alloc(32), publicKey, serial, uint32(1), 'id', '', validity, '', '', '', '', '');
}
