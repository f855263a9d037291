import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { AGENT_RSA_SHA2_512, listAgentIdentities, signWithAgent } from '../../../helper/ssh/identities/agent.ts';
import { parsePublicKeyLine } from '../../../helper/ssh/identities/publicKey.ts';
import { SshWireReader } from '../../../helper/ssh/identities/sshWire.ts';
import { scratchAgent } from '../../support/ssh/scratchAgent.ts';
import { scratchHome } from '../../support/ssh/scratchHome.ts';
import { makeSecurityKey } from '../../support/ssh/securityKey.ts';
import { certify, makeKey } from '../../support/ssh/sshTools.ts';

const signal = new AbortController().signal;

/** Listens where an agent would, and does with each connection what the test says. */
async function socketThat(onConnection: (socket: Socket) => void) {
  const directory = mkdtempSync(join(tmpdir(), 'fake-agent-'));
  const path = join(directory, 's');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true });
    },
  };
}

describe('listing a real agent', () => {
  test('keeps plain keys, certificates and security keys', async () => {
    await using home = scratchHome();
    const plain = await makeKey(home.at('plain'), { type: 'ed25519', comment: 'my comment' });
    const certified = await makeKey(home.at('certified'), { type: 'rsa' });
    await certify(plain, certified);
    const securityKey = makeSecurityKey(home.at('sk'), 'sk-ssh-ed25519@openssh.com');
    await using agent = await scratchAgent(plain, certified, securityKey);

    const listing = await listAgentIdentities(agent.path, { signal });
    const onDisk = ['plain.pub', 'certified.pub', 'certified-cert.pub', 'sk.pub'].map((name) =>
      parsePublicKeyLine(readFileSync(home.at(name), 'utf8')),
    );
    if (listing.state !== 'listed') throw new Error(listing.message);
    expect(listing.identities.map(({ type, blob }) => ({ type, blob }))).toEqual(
      onDisk.map(({ type, blob }) => ({ type, blob })),
    );
    expect(listing.identities[0]?.comment).toBe('my comment');
  });

  test('empty and locked', async () => {
    await using home = scratchHome();
    await using agent = await scratchAgent();
    expect(await listAgentIdentities(agent.path, { signal })).toMatchObject({ state: 'empty' });
    await agent.add(await makeKey(home.at('k'), { type: 'ed25519' }));
    expect(await listAgentIdentities(agent.path, { signal })).toMatchObject({ state: 'listed' });
    await agent.lock();
    expect(await listAgentIdentities(agent.path, { signal })).toMatchObject({ state: 'empty' });
  });
});

describe('listing what is no working agent', () => {
  test('absent: no such socket', async () => {
    await using home = scratchHome();
    const path = home.at('none');
    expect(await listAgentIdentities(path, { signal })).toMatchObject({
      state: 'absent',
      message: expect.stringContaining(path),
    });
  });

  test('refused: a file nobody listens at', async () => {
    await using home = scratchHome();
    expect(await listAgentIdentities(home.write('file', ''), { signal })).toMatchObject({ state: 'refused' });
  });

  test('silent: a listener that does not answer', async () => {
    await using agent = await socketThat(() => undefined);
    expect(await listAgentIdentities(agent.path, { signal, timeoutMs: 50 })).toMatchObject({ state: 'silent' });
  });

  test('failure: an agent that answers that it cannot', async () => {
    await using agent = await socketThat((socket) => socket.write(Buffer.of(0, 0, 0, 1, 5)));
    expect(await listAgentIdentities(agent.path, { signal })).toMatchObject({ state: 'failure' });
  });

  test.each([
    ['a message over the limit', Buffer.from('00040001', 'hex')],
    ['an empty message', Buffer.from('00000000', 'hex')],
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a message of another kind', Buffer.of(0, 0, 0, 1, 6)],
    ['more keys announced than given', Buffer.from('000000050c0000ffff', 'hex')],
    ['a key longer than the message', Buffer.from('000000090c0000000100ffffff', 'hex')],
    ['bytes after the keys', Buffer.from('000000060c00000000ff', 'hex')],
  ])('malformed: %s', async (_what, answer) => {
    await using agent = await socketThat((socket) => socket.write(answer));
    expect(await listAgentIdentities(agent.path, { signal })).toMatchObject({ state: 'malformed' });
  });

  test('malformed: the connection ends before an answer', async () => {
    await using agent = await socketThat((socket) => socket.end());
    expect(await listAgentIdentities(agent.path, { signal })).toMatchObject({ state: 'malformed' });
  });

  test('an answer that comes byte by byte is read whole', async () => {
    await using agent = await socketThat(async (socket) => {
      await once(socket, 'data');
      for (const byte of Buffer.from('000000050c00000000', 'hex')) {
        socket.write(Buffer.of(byte));
        await setImmediate(); // lets the other end read it
      }
    });
    expect(await listAgentIdentities(agent.path, { signal })).toMatchObject({ state: 'empty' });
  });

  test('a key of a type nobody knows is kept', async () => {
    const key = Buffer.from('000000150c0000000100000004beefbeef0000000463686172', 'hex');
    await using agent = await socketThat((socket) => socket.write(key));
    expect(await listAgentIdentities(agent.path, { signal })).toEqual({
      state: 'listed',
      identities: [{ type: 'unknown', blob: Buffer.from('beefbeef', 'hex'), comment: 'char' }],
    });
  });

  test('an abort rejects with its reason', async () => {
    const abort = new AbortController();
    await using agent = await socketThat(() => abort.abort(new Error('enough')));
    await expect(listAgentIdentities(agent.path, { signal: abort.signal })).rejects.toThrow('enough');
  });
});

describe('signing with a real agent', () => {
  test('gives a signature that verifies', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), { type: 'rsa', format: 'PEM' });
    await using agent = await scratchAgent(key);
    const { blob } = parsePublicKeyLine(readFileSync(`${key}.pub`, 'utf8'));
    const data = Buffer.from('to be signed');
    const reader = new SshWireReader(await signWithAgent(agent.path, blob, data, AGENT_RSA_SHA2_512, { signal }));
    expect(reader.readName()).toBe('rsa-sha2-512');
    expect(verify('sha512', data, createPublicKey(readFileSync(key)), reader.readString())).toBe(true);
    reader.expectEnd();
  });

  test('with a key that it does not have is a failure', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), { type: 'ed25519' });
    await using agent = await scratchAgent();
    const { blob } = parsePublicKeyLine(readFileSync(`${key}.pub`, 'utf8'));
    await expect(signWithAgent(agent.path, blob, Buffer.alloc(1), 0, { signal })).rejects.toMatchObject({
      name: 'SshAgentError',
      state: 'failure',
    });
  });
});
