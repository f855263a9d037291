import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionMethod, ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import {
  ConnectionServiceService,
  type Plan,
  RouteVerdict,
} from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { type Failure, FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { closedPort } from '../support/closedPort.ts';
import { FaultyNetwork } from '../support/faultyNetwork.ts';
import { join } from '../support/thinClient.ts';
import { allEvents, failureOf, makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const byCompanion = { method: ConnectionMethod.LOCAL_COMPANION, transport: ConnectionTransport.WEBSOCKET };

/** An SSH gateway that is there and broken in every way. */
async function breakSshGateway(): Promise<void> {
  world.gitpod.faults.hostKeysResponse = { status: 404, body: '' };
  world.gitpod.faults.tunnelUpgradeStatus = 502;
  await world.initialize({ sshPort: await closedPort() });
}

describe('with useLocalApp', () => {
  test('reaches the backend without the SSH gateway, and says that the way is legacy', async () => {
    await world.registerKey();
    await breakSshGateway();
    const plans: Plan[] = [];
    const events = world.connect({ useLocalApp: true })[Symbol.asyncIterator]();
    for (;;) {
      const { event } = (await events.next()).value ?? {};
      if (event?.$case === 'plan') plans.push(event.value);
      if (event?.$case === 'ended') throw new Error(event.value.failure?.message);
      if (event?.$case !== 'ready') continue;
      expect(event.value).toMatchObject(byCompanion);
      const { fingerprintMatches, socket } = await join(event.value.joinLink);
      expect(fingerprintMatches).toBe(true);
      const sent = Buffer.alloc(3 * 1024 * 1024, 'SSH in SSH in a WebSocket ');
      const received = collect(socket);
      socket.end(sent); // the half-close goes through to the backend: only the tunnel itself has none
      expect((await received).equals(sent)).toBe(true);
      break;
    }
    await events.return(undefined);
    expect(plans).toHaveLength(1);
    expect(chosen(plans[0])).toMatchObject({
      method: ConnectionMethod.LOCAL_COMPANION,
      user: 'gitpod',
      reason: expect.stringMatching(/legacy; it is taken because useLocalApp asks for it/),
    });
    expect(tunnelPorts()).toEqual([23001]);
    expect(world.gitpod.events.filter(({ kind }) => kind === 'ssh-auth')).toEqual([]);
  });

  test('goes straight to the workspace’s SSH server where the installation has no SSH gateway', async () => {
    world.gitpod.faults.sshGatewayOff = true;
    await world.initialize();
    const events = world.connect({ useLocalApp: true })[Symbol.asyncIterator]();
    const ready = await untilReady(events);
    expect(ready).toMatchObject(byCompanion);
    const { fingerprintMatches, socket } = await join(ready.joinLink);
    expect(fingerprintMatches).toBe(true);
    socket.destroy();
    await events.return(undefined);
    expect(world.gitpod.events.filter(({ kind }) => kind === 'ssh-tunnel')).toMatchObject([{ status: 101 }]);
    expect(world.gitpod.events.filter(({ kind }) => kind === 'supervisor-tunnel')).toEqual([]);
  });

  test('takes the supervisor’s tunnel where that leads to an SSH gateway after all', async () => {
    world.gitpod.faults.hostKeysResponse = { status: 200, body: '<html>' };
    await world.initialize();
    const events = world.connect({ useLocalApp: true })[Symbol.asyncIterator]();
    expect(await untilReady(events)).toMatchObject(byCompanion);
    await events.return(undefined);
    expect(tunnelPorts()).toEqual([23001]);
    expect(world.gitpod.events.filter(({ kind }) => kind === 'ssh-auth')).toEqual([]);
  });

  test('is the only way that is planned', async () => {
    await world.registerKey();
    await world.initialize();
    const { plan } = await world.helper.client.unary(ConnectionServiceService.plan, {
      workspace: { host: world.gitpod.host, workspaceId: world.workspace.id, debug: false },
      useLocalApp: true,
    });
    expect(plan?.routes.map(({ verdict }) => verdict)).toEqual([
      ...Array(4).fill(RouteVerdict.REJECTED),
      RouteVerdict.CHOSEN,
    ]);
  });

  test('closes everything when it is cancelled', async () => {
    await world.initialize();
    const events = world.connect({ useLocalApp: true })[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
    const list = () => world.helper.client.unary(ConnectionServiceService.listConnections, {});
    await expect.poll(list).toEqual({ connections: [] });
  });

  test('dials again when the connection is lost', async () => {
    await world.initialize();
    const events = world.connect({ useLocalApp: true })[Symbol.asyncIterator]();
    await untilReady(events);
    world.workspace.dropConnections();
    const seen: string[] = [];
    for (;;) {
      const { event } = (await events.next()).value ?? {};
      if (event !== undefined) seen.push(event.$case);
      if (event?.$case === 'ended') throw new Error(event.value.failure?.message);
      if (event?.$case !== 'restored') continue;
      expect(event.value).toMatchObject(byCompanion);
      break;
    }
    expect(seen).toContain('interrupted');
    await events.return(undefined);
  });

  test('fetches the owner token anew when it was replaced', async () => {
    await using network = await FaultyNetwork.between([world.gitpod.httpsPort]);
    await world.initialize({ resolve: [world.gitpod.resolve.replace('127.0.0.1', network.address)] });
    network.delayMs = 100; // it is replaced before anything that carries it arrives
    const events = world.connect({ useLocalApp: true })[Symbol.asyncIterator]();
    for (let planned = false; !planned; ) planned = (await events.next()).value?.event?.$case === 'plan';
    world.workspace.rotateOwnerToken();
    expect(await untilReady(events)).toMatchObject(byCompanion);
    await events.return(undefined);
  });
});

describe('as the last fallback', () => {
  test('is taken where the installation has no SSH gateway', async () => {
    await world.registerKey();
    world.gitpod.faults.sshGatewayOff = true;
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    expect(await untilReady(events)).toMatchObject(byCompanion);
    await events.return(undefined);
    expect(world.gitpod.events.filter(({ kind }) => kind === 'supervisor-tunnel')).toEqual([]);
  });

  test('is taken where the SSH gateway is broken, and the plan says why', async () => {
    await world.registerKey();
    await breakSshGateway();
    const plans: Plan[] = [];
    const events = world.connect()[Symbol.asyncIterator]();
    for (;;) {
      const { event } = (await events.next()).value ?? {};
      if (event?.$case === 'plan') plans.push(event.value);
      if (event?.$case === 'ended') throw new Error(event.value.failure?.message);
      if (event?.$case !== 'ready') continue;
      expect(event.value).toMatchObject(byCompanion);
      break;
    }
    await events.return(undefined);
    expect(plans[0]?.routes.at(-1)?.reason).toMatch(/legacy; it is taken only if the SSH gateway is off or broken/);
    expect(chosen(plans.at(-1))).toMatchObject({
      method: ConnectionMethod.LOCAL_COMPANION,
      reason: expect.stringMatching(/legacy; it is taken because the SSH gateway does not work.*HTTP 502/),
    });
  });

  test.each([
    ['gives no host keys', () => (world.gitpod.faults.hostKeysResponse = { status: 200, body: '<html>' }), /host keys/],
    ['denies everybody', () => (world.gitpod.faults.denySsh = true), /denies all access/],
  ])('is taken where the SSH gateway %s', async (_, breakIt, why) => {
    breakIt();
    await world.initialize();
    const plans: Plan[] = [];
    const events = world.connect()[Symbol.asyncIterator]();
    for (let ready = false; !ready; ) {
      const { event } = (await events.next()).value ?? {};
      if (event?.$case === 'plan') plans.push(event.value);
      if (event?.$case === 'ended') throw new Error(event.value.failure?.message);
      if (event?.$case === 'ready') expect(event.value).toMatchObject(byCompanion);
      ready = event?.$case === 'ready';
    }
    await events.return(undefined);
    expect(chosen(plans.at(-1))?.reason).toMatch(why);
  });

  test('is not remembered: the SSH gateway is tried again once it works', async () => {
    world.gitpod.faults.hostKeysResponse = { status: 404, body: '' };
    await world.initialize();
    const first = world.connect()[Symbol.asyncIterator]();
    expect(await untilReady(first)).toMatchObject(byCompanion);
    await first.return(undefined);
    world.gitpod.faults.hostKeysResponse = undefined;
    const second = world.connect()[Symbol.asyncIterator]();
    expect(await untilReady(second)).toMatchObject({
      method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN,
      transport: ConnectionTransport.TCP,
    });
    await second.return(undefined);
  });

  test.each([
    ['a host key that is not the right one', () => (world.gitpod.faults.presentedHostKeyNotListed = true)],
    ['a workspace whose SSH server is down', () => (world.workspace.upstream = 'down')],
  ])('is never taken because of %s', async (_, breakIt) => {
    breakIt();
    await world.initialize();
    await allEvents(world.connect());
    expect(world.gitpod.events.filter(({ kind }) => kind === 'supervisor-tunnel')).toEqual([]);
  });

  test('is never taken because the workspace was stopped meanwhile', async () => {
    world.gitpod.faults.denySsh = true;
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    for (let planned = false; !planned; ) planned = (await events.next()).value?.event?.$case === 'plan';
    world.workspace.phase = 'stopped';
    const failure = await failureOf({ [Symbol.asyncIterator]: () => events });
    expectFailure(failure, FailureCode.WORKSPACE_STOPPED, /is stopped/);
    expect(world.gitpod.events.filter(({ kind }) => kind === 'supervisor-tunnel')).toEqual([]);
  });

  test('leaves the SSH gateway’s own failure to be told when it fails as well', async () => {
    world.gitpod.faults.supervisorDown = true;
    world.gitpod.faults.hostKeysResponse = { status: 404, body: '' };
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.HOST_KEYS_UNAVAILABLE, /HTTP 404/);
    expect(world.gitpod.events).toContainEqual({
      kind: 'supervisor-tunnel',
      workspaceId: world.workspace.id,
      status: 502,
    });
  });
});

describe('fails', () => {
  test('when the workspace’s SSH server shows another host key than the supervisor gave', async () => {
    world.gitpod.faults.supervisorHostKey = 'other';
    const failure = await failureWithUseLocalApp();
    expectFailure(failure, FailureCode.HOST_KEY_MISMATCH, /SHA256:\S+, which is not one of those/);
    expect(failure.details['host']).toBe(world.workspace.host);
  });

  test('when the supervisor gives no host key: nothing is accepted unseen', async () => {
    world.gitpod.faults.supervisorHostKey = 'none';
    expectFailure(await failureWithUseLocalApp(), FailureCode.HOST_KEYS_UNAVAILABLE, /the supervisor gave none/);
    expect(world.gitpod.events.filter(({ kind }) => kind === 'direct-tcpip')).toEqual([]);
  });

  test('when another host key is shown where the installation has no SSH gateway', async () => {
    world.gitpod.faults.sshGatewayOff = true;
    world.gitpod.faults.supervisorHostKey = 'other';
    expectFailure(
      await failureWithUseLocalApp(),
      FailureCode.HOST_KEY_MISMATCH,
      /SHA256:\S+, which is not one of those/,
    );
  });

  test('when the supervisor is down', async () => {
    world.gitpod.faults.supervisorDown = true;
    expectFailure(await failureWithUseLocalApp(), FailureCode.TUNNEL_REFUSED, /WebSocket to .* HTTP 502/);
  });

  test('when the workspace’s SSH server is down', async () => {
    world.workspace.upstream = 'down';
    expectFailure(await failureWithUseLocalApp(), FailureCode.WORKSPACE_SSH_DOWN, /SSH server of .* is down/);
  });

  afterEach(async () => {
    const list = () => world.helper.client.unary(ConnectionServiceService.listConnections, {});
    await expect.poll(list).toEqual({ connections: [] });
  });
});

async function failureWithUseLocalApp(): Promise<Failure> {
  await world.initialize();
  return failureOf(world.connect({ useLocalApp: true }));
}

function expectFailure(failure: Failure, code: FailureCode, message: RegExp): void {
  expect(failure.message).toMatch(message);
  expect(failure.code).toBe(code);
  expect(failure.remedies.length).toBeGreaterThan(0);
}

function chosen(plan: Plan | undefined): Plan['routes'][number] | undefined {
  return plan?.routes.find(({ verdict }) => verdict === RouteVerdict.CHOSEN);
}

/** The ports of the workspace to which channels were opened. */
function tunnelPorts(): number[] {
  return world.gitpod.events.flatMap((event) => (event.kind === 'tunnel-channel' ? [event.port] : []));
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
