import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser } from '../../embedded-gitpod/embeddedGitpod.ts';
import { generateSshKeyPair, type SshKeyPair } from '../../embedded-gitpod/ssh-wire/keyPair.ts';
import { uint32 } from '../../embedded-gitpod/ssh-wire/sshWriter.ts';
import { authorizedKey } from './support/authorizedKey.ts';
import { RawSshClient } from './support/rawSshClient.ts';
import { replay, type Steps } from './support/replay.ts';
import { transcript } from './support/transcripts.ts';
import { unusedPort } from './support/unusedPort.ts';

/**
 * Where these replays differ from the recordings, and why.
 * - The ssh2 server that stands in for the "builtin" workspace server announces its host key as sshd does, so `G` is there
 *   in the case recorded with a server that did not.
 */
const additionalEvents: Readonly<Record<string, { readonly after: string; readonly event: string }>> = {
  'nokey-builtin-aaaaaaa02-upstream-tcp-dropped': { after: 'success', event: 'G' },
};

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;
let ed25519: SshKeyPair;
let rsa: SshKeyPair;
let notUploaded: SshKeyPair;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start();
  user = gitpod.addUser({ name: 'ada' });
  [ed25519, rsa, notUploaded] = await Promise.all([
    generateSshKeyPair('ed25519'),
    generateSshKeyPair('rsa'),
    generateSshKeyPair('ed25519'),
  ]);
  for (const key of [ed25519, rsa]) {
    user.addSshPublicKey(key.type, authorizedKey(key));
  }
});

afterAll(async () => {
  await gitpod[Symbol.asyncDispose]();
});

describe('authentication', () => {
  test.each(['none-plain', 'none-x7'])('%s', async (name) => {
    const { id } = gitpod.addWorkspace(user);
    await replayCase(name, (client) => ({ none: () => client.none(id) }));
  });

  test('pw-right-first', async () => {
    const { id, ownerToken } = gitpod.addWorkspace(user);
    await replayCase('pw-right-first', (client) => ({ password: () => client.password(id, ownerToken) }));
  });

  test('pk-query-notuploaded', async () => {
    const { id } = gitpod.addWorkspace(user);
    await replayCase('pk-query-notuploaded', (client) => ({
      none: () => client.none(id),
      'pkQuery ssh-ed25519': () => client.queryKey(id, 'ssh-ed25519', notUploaded.blob),
    }));
  });

  test('pk-sign-notuploaded-noquery', async () => {
    const { id } = gitpod.addWorkspace(user);
    await replayCase('pk-sign-notuploaded-noquery', (client) => ({
      'pkSign ssh-ed25519': () => client.signWithKey(id, 'ssh-ed25519', notUploaded),
    }));
  });

  test('pk-query+sign-uploaded', async () => {
    const { id } = gitpod.addWorkspace(user);
    await replayCase('pk-query+sign-uploaded', (client) => ({
      none: () => client.none(id),
      'pkQuery ssh-ed25519': () => client.queryKey(id, 'ssh-ed25519', ed25519.blob),
      'pkSign ssh-ed25519': () => client.signWithKey(id, 'ssh-ed25519', ed25519),
    }));
  });

  test.each([
    ['pk-rsa-sha512', 'rsa-sha2-512'],
    ['pk-rsa-sha1', 'ssh-rsa'],
  ])('%s', async (name, algorithm) => {
    const { id } = gitpod.addWorkspace(user);
    await replayCase(name, (client) => ({
      [`pkQuery ${algorithm}`]: () => client.queryKey(id, algorithm, rsa.blob),
      [`pkSign ${algorithm}`]: () => client.signWithKey(id, algorithm, rsa),
    }));
  });

  test('tok-right', async () => {
    const { id, ownerToken } = gitpod.addWorkspace(user);
    await replayCase('tok-right', (client) => ({ none: () => client.none(`${id}#${ownerToken}`) }));
  });

  test('tok-wrong', async () => {
    const { id } = gitpod.addWorkspace(user);
    await replayCase('tok-wrong', (client) => ({ none: () => client.none(`${id}#wrong`) }));
  });

  test('unknown-valid', async () => {
    await replayCase('unknown-valid', (client) => ({ none: () => client.none('foo-bar-cccccccc99') }));
  });

  test('unknown-pk-first', async () => {
    const blob = ed25519.blob;
    await replayCase('unknown-pk-first', (client) => ({
      'pkQuery ssh-ed25519': () => client.queryKey('foo-bar-cccccccc99', 'ssh-ed25519', blob),
    }));
  });

  test('stopped-none', async () => {
    const { id } = gitpod.addWorkspace(user, { phase: 'stopped' });
    await replayCase('stopped-none', (client) => ({ none: () => client.none(id) }));
  });

  test('upstream-dead', async () => {
    const { id, ownerToken } = gitpod.addWorkspace(user, { upstream: 'down' });
    await replayCase('upstream-dead', (client) => ({ password: () => client.password(id, ownerToken) }));
  });
});

describe('channels', () => {
  test.each([
    ['sshd-exec-exit3', 'echo out; echo err >&2; exit 3'],
    ['sshd-exec-signal', 'kill -TERM $$'],
  ])('%s', async (name, command) => {
    await replayAsOwner(name, (client) => ({ exec: () => client.request('exec', command) }));
  });

  test('sshd-keepalive', async () => {
    await replayAsOwner('sshd-keepalive', (client) => ({
      keepalive: () => client.globalRequest('keepalive@openssh.com'),
    }));
  });

  test('sshd-direct-refused', async () => {
    const port = await unusedPort();
    await replayAsOwner('sshd-direct-refused', (client) => ({
      direct: () => client.openDirectTcpip('127.0.0.1', port),
    }));
  });

  test('sshd-direct-ok', async () => {
    const server = createServer((_request, response) => {
      response.socket?.end('HTTP/1.0 200 OK\r\nContent');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await replayAsOwner('sshd-direct-ok', (client) => ({
        direct: () => client.openDirectTcpip('127.0.0.1', port),
        data: () => client.data('GET / HTTP/1.0\r\n\r\n'),
      }));
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('sshd-subsystem-unknown', async () => {
    await replayAsOwner('sshd-subsystem-unknown', (client) => ({
      subsystem: () => client.request('subsystem', 'no-such-subsystem'),
    }));
  });

  test('sshd-tcpip-forward0', async () => {
    await replayAsOwner('sshd-tcpip-forward0', (client) => ({
      fwd: () => client.globalRequest('tcpip-forward', '127.0.0.1', uint32(0)),
    }));
  });

  test('K-pty-resize', async () => {
    // stty sets rows and columns one after the other, each with a signal; a real sshd sets both at once.
    const onResize = 'test "$(stty size)" = "50 132" && stty size && exit 0';
    await replayAsOwner('K-pty-resize', (client) => ({
      pty: () => client.request('pty-req', 'vt100', uint32(80), uint32(24), uint32(0), uint32(0), ''),
      exec: () => client.request('exec', `trap '${onResize}' WINCH; stty size; while :; do sleep 0.01; done`),
      'window-change': () => client.windowChange(132, 50),
    }));
  });

  test('K-marked-stopped-while-connected', async () => {
    const workspace = gitpod.addWorkspace(user);
    await replayCase('K-marked-stopped-while-connected', (client) => ({
      password: () => client.password(workspace.id, workspace.ownerToken),
      session: () => client.openSession(),
      exec: () => client.request('exec', 'cat'),
      ctl: () => {
        workspace.phase = 'stopping';
      },
      session2: () => client.openSession(),
    }));
  });

  test('nokey-builtin-aaaaaaa02-upstream-tcp-dropped', async () => {
    const workspace = gitpod.addWorkspace(user);
    await replayCase('nokey-builtin-aaaaaaa02-upstream-tcp-dropped', (client) => ({
      password: () => client.password(workspace.id, workspace.ownerToken),
      session: () => client.openSession(),
      exec: () => client.request('exec', 'cat'),
      ctl: () => workspace.dropConnections(),
    }));
  });
});

async function replayAsOwner(name: string, steps: (client: RawSshClient) => Steps): Promise<void> {
  const { id, ownerToken } = gitpod.addWorkspace(user);
  await replayCase(name, (client) => ({
    password: () => client.password(id, ownerToken),
    session: () => client.openSession(),
    ...steps(client),
  }));
}

async function replayCase(name: string, steps: (client: RawSshClient) => Steps): Promise<void> {
  await using client = await RawSshClient.connect(gitpod.sshPort);
  const recorded = transcript(name);
  const addition = additionalEvents[name];
  const ev = recorded.ev.flatMap((event) => (event === addition?.after ? [event, addition.event] : [event]));
  await replay(client, { ...recorded, ev }, steps(client));
}
