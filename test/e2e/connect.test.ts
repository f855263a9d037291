import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionMethod, ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import {
  ConnectionServiceService,
  ConnectPhase,
  type Plan,
  RouteVerdict,
} from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { closedPort } from '../support/closedPort.ts';
import { scratchAgent } from '../support/ssh/scratchAgent.ts';
import { makeKey } from '../support/ssh/sshTools.ts';
import { join } from '../support/thinClient.ts';
import { makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('by key', () => {
  test('reaches the backend behind the local port, untouched', async () => {
    await world.registerKey();
    await world.initialize();
    const call = world.connect();
    const ready = await untilReady(call[Symbol.asyncIterator]());
    expect(ready).toMatchObject({
      method: ConnectionMethod.SSH_GATEWAY_KEY,
      transport: ConnectionTransport.TCP,
      ideVersion: expect.stringMatching(/^IU-/),
      backendPid: expect.any(Number),
    });
    const { fingerprintMatches, firstLine, socket } = await join(ready.joinLink);
    expect(fingerprintMatches).toBe(true);
    expect(firstLine).toMatch(/^READY \d+$/);
    socket.destroy();
    call.cancel();
    expect(sshUsersOf(world)).toEqual([world.workspace.id]);
  });

  test.each([
    ['rsa', {}],
    ['ecdsa', { bits: 256 }],
    ['ecdsa', { bits: 384 }],
    ['ecdsa', { bits: 521 }],
    ['ed25519', {}],
    ['rsa', { format: 'PEM' }],
    ['ecdsa', { format: 'PEM' }],
    ['rsa', { format: 'PKCS8' }],
    ['ecdsa', { format: 'PKCS8' }],
  ] as const)('signs with an unencrypted %s file (%o)', async (type, options) => {
    const keyFile = await makeKey(world.home.at(`.ssh/id_${type}_other`), { type, ...options });
    world.home.write('.ssh/config', `Host *.gitpod.test\n  IdentityFile ${keyFile}\n`);
    world.user.addSshPublicKey('other', await readFile(`${keyFile}.pub`, 'utf8'));
    await world.initialize();
    const call = world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY });
    await untilReady(call[Symbol.asyncIterator]());
    call.cancel();
  });
});

describe('by a key in the agent', () => {
  test.each(['rsa', 'ecdsa', 'ed25519'] as const)('signs with %s', async (type) => {
    await using gone = world;
    const keyFile = await makeKey(gone.home.at('agent-key'), { type, passphrase: '' });
    await using agent = await scratchAgent(keyFile);
    await using withAgent = await makeWorld({ helper: { env: { SSH_AUTH_SOCK: agent.path } } });
    withAgent.user.addSshPublicKey('in the agent', await readFile(`${keyFile}.pub`, 'utf8'));
    await withAgent.initialize();
    const call = withAgent.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY });
    await untilReady(call[Symbol.asyncIterator]());
    call.cancel();
  });
});

describe('by owner token', () => {
  test('is taken when no key is registered', async () => {
    await world.initialize();
    const call = world.connect();
    const ready = await untilReady(call[Symbol.asyncIterator]());
    expect(ready.method).toBe(ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN);
    const { fingerprintMatches, socket } = await join(ready.joinLink);
    expect(fingerprintMatches).toBe(true);
    socket.destroy();
    call.cancel();
  });

  test('follows when the SSH gateway refuses the key, and the plan says so', async () => {
    await world.registerKey();
    await world.initialize();
    const { plan } = await world.helper.client.unary(ConnectionServiceService.plan, {
      workspace: { host: world.gitpod.host, workspaceId: world.workspace.id, debug: false },
      useLocalApp: false,
    });
    expect(plan?.routes[0]).toMatchObject({ verdict: RouteVerdict.CHOSEN });
    world.gitpod.faults.refuseKeys = true;
    const plans = [];
    const call = world.connect();
    for await (const { event } of call) {
      if (event?.$case === 'plan') plans.push(event.value);
      if (event?.$case === 'ended') throw new Error(event.value.failure?.message);
      if (event?.$case !== 'ready') continue;
      expect(event.value.method).toBe(ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN);
      break;
    }
    expect(plans.map(({ routes }) => routes.map(({ verdict }) => verdict).slice(0, 2))).toEqual([
      [RouteVerdict.CHOSEN, RouteVerdict.USABLE],
      [RouteVerdict.REJECTED, RouteVerdict.CHOSEN],
    ]);
  });

  test('is fetched anew when the workspace got another one meanwhile', async () => {
    await world.initialize();
    const first = world.connect();
    await untilReady(first[Symbol.asyncIterator]());
    first.cancel();
    world.gitpod.faults.rotateOwnerTokenAtNextPassword = true;
    const second = world.connect();
    await untilReady(second[Symbol.asyncIterator]());
    second.cancel();
  });
});

describe('by WebSocket', () => {
  test('is taken where the SSH port is blocked, shown as a change of method, and authenticates by none only', async () => {
    await world.registerKey();
    await world.initialize({ sshPort: await closedPort() });
    const plans: Plan[] = [];
    const events = world.connect()[Symbol.asyncIterator]();
    for (;;) {
      const { event } = (await events.next()).value ?? {};
      if (event?.$case === 'plan') plans.push(event.value);
      if (event?.$case === 'ended') throw new Error(event.value.failure?.message);
      if (event?.$case !== 'ready') continue;
      expect(event.value).toMatchObject({
        method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN,
        transport: ConnectionTransport.WEBSOCKET,
      });
      const { fingerprintMatches, socket } = await join(event.value.joinLink);
      expect(fingerprintMatches).toBe(true);
      const sent = Buffer.alloc(3 * 1024 * 1024, 'through the WebSocket ');
      const received = collect(socket);
      socket.end(sent);
      expect((await received).equals(sent)).toBe(true);
      break;
    }
    await events.return(undefined);
    expect(plans[1]?.routes.map(({ verdict }) => verdict).slice(0, 3)).toEqual([
      RouteVerdict.REJECTED,
      RouteVerdict.REJECTED,
      RouteVerdict.CHOSEN,
    ]);
    const methods = world.gitpod.events.flatMap((event) => (event.kind === 'ssh-auth' ? [event.method] : []));
    expect(methods).toEqual(['none']);
  });

  test('wins where a firewall accepts connections to the SSH port and stalls, and goes first from then on', async () => {
    world.gitpod.faults.stallSsh = true;
    await world.registerKey();
    await world.initialize();
    const first = world.connect()[Symbol.asyncIterator]();
    expect((await untilReady(first)).transport).toBe(ConnectionTransport.WEBSOCKET);
    await first.return(undefined);
    world.gitpod.faults.stallSsh = false;
    const second = world.connect()[Symbol.asyncIterator]();
    expect((await untilReady(second)).transport).toBe(ConnectionTransport.WEBSOCKET);
    await second.return(undefined);
    // It never bars the other for good.
    world.gitpod.faults.tunnelUpgradeStatus = 502;
    const third = world.connect()[Symbol.asyncIterator]();
    expect((await untilReady(third)).transport).toBe(ConnectionTransport.TCP);
    await third.return(undefined);
  });

  test('fetches the owner token anew when it was replaced', async () => {
    await world.initialize({ sshPort: await closedPort() });
    const first = world.connect()[Symbol.asyncIterator]();
    for (let planned = false; !planned; ) planned = (await first.next()).value?.event?.$case === 'plan';
    world.workspace.rotateOwnerToken();
    expect((await untilReady(first)).transport).toBe(ConnectionTransport.WEBSOCKET);
    await first.return(undefined);
  });
});

describe('events', () => {
  test('come in order, with the plan before anything is dialled', async () => {
    await world.initialize();
    const seen: string[] = [];
    for await (const { event } of world.connect()) {
      if (event?.$case === 'phase') seen.push(String(phaseName(event.value.phase)));
      if (event?.$case === 'plan') {
        seen.push('plan');
        expect(sshUsersOf(world)).toEqual([]);
      }
      if (event?.$case === 'ready') break;
    }
    expect(seen).toEqual([
      'RESOLVING',
      'PLANNING',
      'plan',
      'CONNECTING',
      'AUTHENTICATING',
      'WAITING_FOR_BACKEND',
      'READY',
    ]);
  });

  test('the booting backend is waited for', async () => {
    world.workspace.backend = 'booting';
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    for (;;) {
      const { value } = await events.next();
      if (value.event?.$case === 'phase' && value.event.value.detail === 'the IDE is still starting') break;
    }
    world.workspace.backend = 'ready';
    await untilReady(events);
    await events.return(undefined);
  });

  test('Disconnect ends the stream without a failure and frees the port', async () => {
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    const { localPort } = await untilReady(events);
    const { client } = world.helper;
    const { connections } = await client.unary(ConnectionServiceService.listConnections, {});
    expect(connections).toMatchObject([{ localPort, phase: ConnectPhase.READY }]);
    const [connection] = connections;
    await client.unary(ConnectionServiceService.disconnect, { connectionId: connection?.connectionId ?? '' });
    expect((await events.next()).value?.event).toMatchObject({ $case: 'ended', value: { failure: undefined } });
    expect((await events.next()).done).toBe(true);
    await expect(dial(localPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await client.unary(ConnectionServiceService.listConnections, {})).connections).toEqual([]);
  });

  test.each(['RESOLVING', 'PLANNING', 'CONNECTING', 'AUTHENTICATING', 'WAITING_FOR_BACKEND'])(
    'cancelling in phase %s leaves nothing',
    async (phase) => {
      world.workspace.backend = 'booting';
      await world.initialize();
      for await (const { event } of world.connect()) {
        if (event?.$case === 'phase' && phaseName(event.value.phase) === phase) break;
      }
      const { client } = world.helper;
      await expect.poll(() => client.unary(ConnectionServiceService.listConnections, {})).toEqual({ connections: [] });
      const opened = world.gitpod.events.filter(({ kind }) => kind === 'ssh-auth').length > 0;
      const closed = () => world.gitpod.events.some(({ kind }) => kind === 'ssh-closed');
      if (opened) await expect.poll(closed).toBe(true);
    },
  );

  test('cancelling frees the port', async () => {
    await world.initialize();
    const call = world.connect();
    const { localPort } = await untilReady(call[Symbol.asyncIterator]());
    call.cancel();
    await expect.poll(() => dial(localPort).catch(({ code }) => code)).toBe('ECONNREFUSED');
  });
});

describe('the local port', () => {
  test('is the one asked for', async () => {
    await world.initialize();
    const first = world.connect()[Symbol.asyncIterator]();
    const { localPort } = await untilReady(first);
    await first.return(undefined);
    await expect.poll(() => dial(localPort).catch(({ code }) => code)).toBe('ECONNREFUSED');
    const second = world.connect({ localPort })[Symbol.asyncIterator]();
    expect((await untilReady(second)).localPort).toBe(localPort);
    await second.return(undefined);
  });

  test('carries bytes both ways with half-close', async () => {
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    const { socket } = await join((await untilReady(events)).joinLink);
    const sent = Buffer.alloc(3 * 1024 * 1024, 'half-close ');
    const received = collect(socket);
    socket.end(sent); // our direction ends; the echo must still come whole
    expect((await received).equals(sent)).toBe(true);
    await events.return(undefined);
  });

  test('holds the sender back when the receiver does not read', async () => {
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    const { socket } = await join((await untilReady(events)).joinLink);
    socket.pause(); // nothing of the echo is read
    const chunk = Buffer.alloc(1024 * 1024);
    let accepted = 0;
    const limit = 200;
    while (accepted < limit) {
      const flushed = new Promise<boolean>((resolve) => socket.write(chunk, () => resolve(true)));
      if (!(await Promise.race([flushed, once(AbortSignal.timeout(1_000), 'abort').then(() => false)]))) break;
      accepted++;
    }
    expect(accepted).toBeLessThan(limit); // SSH windows and socket buffers are far below 200 MiB
    socket.destroy();
    await events.return(undefined);
  });
});

function sshUsersOf({ gitpod }: World): string[] {
  const users = gitpod.events.flatMap((event) => (event.kind === 'ssh-auth' ? [event.user] : []));
  return [...new Set(users)];
}

function phaseName(phase: ConnectPhase): string | undefined {
  return Object.entries(ConnectPhase).find(([, value]) => value === phase)?.[0];
}

async function dial(port: number): Promise<void> {
  const socket = connectTcp(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
