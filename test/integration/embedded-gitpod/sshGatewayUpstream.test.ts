import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  EmbeddedGitpod,
  type EmbeddedUser,
  type EmbeddedWorkspace,
  type WorkspaceOptions,
} from '../../embedded-gitpod/embeddedGitpod.ts';
import { uint32 } from '../../embedded-gitpod/ssh-wire/sshWriter.ts';
import { EventQueue } from './support/eventQueue.ts';
import { RawSshClient } from './support/rawSshClient.ts';
import { transcript } from './support/transcripts.ts';

/** "After success, upstream trouble" and "Channels" of ssh-gateway-observed §1. */

const supervisorTimeoutMs = 150;

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start({ supervisorTimeoutMs });
  user = gitpod.addUser({ name: 'ada' });
});

afterAll(async () => {
  await gitpod[Symbol.asyncDispose]();
});

describe('upstream trouble after success', () => {
  test('a supervisor that hangs: the end comes when its time is over', async () => {
    const startedAt = performance.now();
    await using client = await connected({ upstream: 'hang' });
    expect(await client.events.next()).toBe('tcp_eof');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(supervisorTimeoutMs);
  });

  test('a silent server: nothing is answered, except what the SSH gateway answers itself', async () => {
    await using client = await connected({ upstream: 'silent' });
    client.openSession();
    client.globalRequest('keepalive@openssh.com');
    client.ping('still there');
    expect(await client.events.next()).toBe('pong still there');
    expect(client.isOpen).toBe(true);
  });

  test('a debug workspace that does not exist: the end at once', async () => {
    const { id, ownerToken } = gitpod.addWorkspace(user);
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.none(`debug-${id}#${ownerToken}`);
    expect(await client.events.take(2)).toEqual(['success', 'tcp_eof']);
  });

  test('the state can be changed between connections', async () => {
    const workspace = gitpod.addWorkspace(user, { upstream: 'down' });
    await using refused = await connectedTo(workspace);
    expect(await refused.events.next()).toBe('tcp_eof');
    workspace.upstream = 'ready';
    await using served = await connectedTo(workspace);
    expect(await served.events.next()).toBe('G');
  });

  test('what was sent before the server was there is delivered', async () => {
    const { id, ownerToken } = gitpod.addWorkspace(user);
    await using client = await RawSshClient.connect(gitpod.sshPort);
    client.none(`${id}#${ownerToken}`);
    client.openSession();
    expect(await client.events.take(3)).toEqual(['success', 'G', 'O']);
  });
});

describe('channels', () => {
  test('the eleventh session is refused, the others go on', async () => {
    await using client = await connected();
    await client.events.next();
    for (let i = 0; i < 20; i++) client.openSession();
    const events = await client.events.take(20);
    expect(events.slice(0, 10)).toEqual(Array(10).fill('O'));
    expect(events.slice(10)).toEqual(Array(10).fill('open_fail 2 "open target channel error"'));
  });

  test('an unknown channel type is refused like any other', async () => {
    await using client = await connected();
    await client.events.next();
    client.open('no-such-channel-type');
    expect(await client.events.next()).toBe('open_fail 2 "open target channel error"');
  });

  test('only loopback can be reached', async () => {
    await using client = await connected();
    await client.events.next();
    client.openDirectTcpip('host.invalid', 80);
    expect(await client.events.next()).toBe('open_fail 2 "open target channel error"');
  });

  test('a server that ends its side first still gets what the client sends', async () => {
    const received = new EventQueue<string>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.end('done');
      text(socket).then((all) => received.push(all));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await using client = await connected();
    client.openDirectTcpip('localhost', port);
    expect(await client.events.take(4)).toEqual(['G', 'O', 'data "done"', 'ch_eof']);
    client.data('still here');
    client.endOfData();
    expect(await received.next()).toBe('still here');
    expect(await client.events.next()).toBe('ch_close');
    await new Promise((resolve) => server.close(resolve));
  });

  test('a second command and an unknown variable fail, a locale is taken', async () => {
    await using client = await connected();
    client.openSession();
    await client.events.take(2);
    client.request('env', 'NO_SUCH_VARIABLE', '1');
    client.request('env', 'LC_ALL', 'C');
    client.request('exec', 'cat');
    client.request('exec', 'true');
    expect(await client.events.take(4)).toEqual(['chan_failure', 'chan_success', 'chan_success', 'chan_failure']);
  });

  test('a signal reaches the command', async () => {
    await using client = await connected();
    client.openSession();
    await client.events.take(2);
    client.request('exec', 'echo ready; exec cat');
    expect(await client.events.take(2)).toEqual(['chan_success', 'data "ready\\n"']);
    client.request('signal', 'KILL');
    const after = await client.events.take(4);
    expect(after).toContain('exit-signal=KILL');
    expect(after.at(-1)).toBe('ch_close');
  });

  test('the command sees the end of its input', async () => {
    await using client = await connected();
    client.openSession();
    await client.events.take(2);
    client.request('exec', 'wc -c');
    expect(await client.events.next()).toBe('chan_success');
    client.data('12345');
    client.endOfData();
    expect([...(await client.events.take(4))].sort()).toEqual(['ch_close', 'ch_eof', 'data "5\\n"', 'exit-status=0']);
  });

  test('the host key proof is answered, over a session that is not the client’s', async () => {
    await using client = await connected();
    expect(await client.events.next()).toBe('G');
    client.globalRequest('hostkeys-prove-00@openssh.com', Buffer.alloc(51));
    expect(await client.events.next()).toBe('request_failure');
  });

  test('a session survives a key exchange asked for by the client', async () => {
    await using client = await connected();
    client.openSession();
    await client.events.take(2);
    client.request('exec', 'cat');
    expect(await client.events.next()).toBe('chan_success');
    client.rekey();
    client.data('after');
    expect(await client.events.next()).toBe('data "after"');
  });

  test('a forwarded port is closed again', async () => {
    await using client = await connected();
    await client.events.next();
    client.globalRequest('tcpip-forward', '127.0.0.1', uint32(0));
    expect(await client.events.next()).toBe('req_ok uint32');
    client.globalRequest('cancel-tcpip-forward', '127.0.0.1', uint32(1));
    expect(await client.events.next()).toBe('request_failure');
  });
});

test('exec-event-orders: with the fault on, stderr is lost and exit-status overtakes the data', async () => {
  const recorded = transcript('exec-event-orders').fields;
  expect(recorded['afterExitStatus']).toContain('data');
  await using scrambling = await EmbeddedGitpod.start();
  scrambling.faults.scrambleExecOutput = true;
  const { id, ownerToken } = scrambling.addWorkspace(scrambling.addUser({ name: 'ada' }));
  await using client = await RawSshClient.connect(scrambling.sshPort);
  client.none(`${id}#${ownerToken}`);
  client.openSession();
  await client.events.take(3);
  client.request('exec', 'echo err >&2; echo out; exit 3');
  expect(await client.events.take(5)).toEqual([
    'chan_success',
    'exit-status=3',
    'data "out\\n"',
    'ch_eof',
    recorded['last'],
  ]);
});

async function connected(options: Partial<WorkspaceOptions> = {}): Promise<RawSshClient> {
  return connectedTo(gitpod.addWorkspace(user, options));
}

async function connectedTo({ id, ownerToken }: EmbeddedWorkspace): Promise<RawSshClient> {
  const client = await RawSshClient.connect(gitpod.sshPort);
  client.password(id, ownerToken);
  expect(await client.events.next()).toBe('success');
  return client;
}
