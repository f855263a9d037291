import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionMethod, ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { join } from '../support/thinClient.ts';
import { WatchedConnection } from '../support/watchedConnection.ts';
import { makeWorld, nextEvent, untilReady, type World } from '../support/world.ts';

const lost = FailureCode.SSH_CONNECTION_LOST;

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('a connection that is lost', () => {
  test('comes back behind the same local port, and a client that comes again reaches the backend', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const ready = await untilReady(events);
    const { socket } = await join(ready.joinLink);
    const ended = once(socket.resume(), 'end');
    world.workspace.dropConnections();
    expect((await nextEvent(events, 'interrupted')).value).toMatchObject({
      failure: { code: FailureCode.SSH_CONNECTION_LOST, retryable: true },
      retryAt: expect.any(Date),
    });
    await ended; // closed cleanly, so that the client comes again
    socket.destroy();
    const { value: restored } = await nextEvent(events, 'restored');
    expect(restored.interruptedMs).toBeGreaterThanOrEqual(0);
    const { value: changed } = await nextEvent(events, 'joinLinkChanged'); // the one-time ticket was used
    expect(changed.localPort).toBe(ready.localPort);
    const again = await join(changed.joinLink);
    expect(again.fingerprintMatches).toBe(true);
    again.socket.destroy();
    await events.return(undefined);
  });

  test('comes back also when a client has heard nothing of the backend yet', async () => {
    await using connection = new WatchedConnection(world.connect());
    const { value: ready } = await connection.next('ready');
    const early = connectTcp(ready.localPort, '127.0.0.1');
    await once(early, 'connect');
    const ended = once(early.resume(), 'end');
    world.workspace.dropConnections();
    await connection.next('restored');
    await ended;
    early.destroy();
    const { firstLine, socket } = await join(ready.joinLink);
    expect(firstLine).toMatch(/^READY/);
    socket.destroy();
    expect(connection.events.some(({ $case }) => $case === 'ended')).toBe(false);
  });

  test('lets a client that comes meanwhile wait instead of refusing it', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const ready = await untilReady(events);
    world.gitpod.faults.refuseSsh = true;
    world.gitpod.faults.tunnelUpgradeStatus = 502;
    world.gitpod.faults.supervisorDown = true;
    world.workspace.dropConnections();
    await nextEvent(events, 'interrupted');
    await nextEvent(events, 'interrupted'); // the first attempt has failed
    const joining = join(ready.joinLink);
    world.gitpod.faults.refuseSsh = false;
    world.gitpod.faults.supervisorDown = false; // the SSH gateway gets its key from there
    const { firstLine, socket } = await joining;
    expect(firstLine).toMatch(/^READY/);
    socket.destroy();
    await events.return(undefined);
  });

  test('comes back by the other transport when the first is blocked now', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    world.gitpod.faults.refuseSsh = true;
    world.workspace.dropConnections();
    expect((await nextEvent(events, 'restored')).value.transport).toBe(ConnectionTransport.WEBSOCKET);
    await events.return(undefined);
  });

  test('comes back with the new owner token', async () => {
    const events = world.connect({ method: 2 })[Symbol.asyncIterator]();
    await untilReady(events);
    world.workspace.rotateOwnerToken();
    world.workspace.dropConnections();
    await nextEvent(events, 'restored');
    await events.return(undefined);
  });

  test('survives a control plane that is away as well', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    world.gitpod.faults.apiUpgradeStatus = 503;
    world.gitpod.dropApiConnections();
    world.workspace.dropConnections();
    await nextEvent(events, 'interrupted');
    const { value } = await nextEvent(events, 'interrupted');
    expect(value.failure?.code).toBe(FailureCode.HOST_UNREACHABLE);
    world.gitpod.faults.apiUpgradeStatus = undefined;
    await nextEvent(events, 'restored');
    await events.return(undefined);
  });

  test('by key only comes back when the registered keys can be read again', async () => {
    await using connection = new WatchedConnection(world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY }));
    await connection.next('ready');
    world.gitpod.faults.rpcErrors.set('getSSHPublicKeys', { code: 500, message: 'out of order' });
    world.workspace.dropConnections();
    const inVain = await connection.next('interrupted', 0, ({ value }) => value.failure?.code !== lost);
    expect(inVain.value.failure?.code).toBe(FailureCode.INSTALLATION_ERROR);
    world.gitpod.faults.rpcErrors.clear();
    await connection.next('restored');
  });

  test('comes back when what is in front of the SSH gateway closes every connection for a while', async () => {
    let isOpen = true;
    const balancer = createServer((socket) => {
      socket.on('error', () => undefined);
      if (!isOpen) return void socket.resume().end();
      const behind = connectTcp(world.gitpod.sshPort, '127.0.0.1').on('error', () => undefined);
      behind.once('close', () => socket.destroy());
      socket.once('close', () => behind.destroy());
      socket.pipe(behind).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(balancer, 'listening');
    await using _closing = {
      async [Symbol.asyncDispose]() {
        const closed = once(balancer, 'close');
        balancer.close();
        await closed;
      },
    };
    const address = balancer.address();
    await world.initialize({ sshPort: typeof address === 'object' && address !== null ? address.port : 0 });
    await using connection = new WatchedConnection(world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY }));
    await connection.next('ready');
    isOpen = false;
    world.workspace.dropConnections();
    const inVain = await connection.next('interrupted', 0, ({ value }) => value.failure?.code !== lost);
    expect(inVain.value.failure?.code).toBe(FailureCode.SSH_PROTOCOL_ERROR);
    isOpen = true;
    await connection.next('restored');
  });

  test('leaves an installation alone for as long as that asks for', async () => {
    await using connection = new WatchedConnection(world.connect());
    await connection.next('ready');
    const data = { retryAfter: 4 };
    world.gitpod.faults.rpcErrors.set('getWorkspace', { code: 429, message: 'too many requests', data });
    world.workspace.dropConnections();
    const { value } = await connection.next('interrupted', 0, (event) => event.value.failure?.code !== lost);
    expect(value.failure?.code).toBe(FailureCode.RATE_LIMITED);
    expect((value.retryAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(3_000);
    world.gitpod.faults.rpcErrors.clear();
    expect((await connection.next('restored')).value.interruptedMs).toBeGreaterThan(3_000);
  });

  test('lives on when an installation asks to be left alone for longer than there are dates', async () => {
    await using connection = new WatchedConnection(world.connect());
    await connection.next('ready');
    const data = { retryAfter: 1e15 };
    world.gitpod.faults.rpcErrors.set('getWorkspace', { code: 429, message: 'too many requests', data });
    world.workspace.dropConnections();
    const { value } = await connection.next('interrupted', 0, (event) => event.value.failure?.code !== lost);
    expect(value.failure?.code).toBe(FailureCode.RATE_LIMITED);
    expect(value.retryAt?.getTime()).toBeGreaterThan(Date.now());
  });

  test('ends when the workspace was stopped, which it never starts by itself', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const { localPort } = await untilReady(events);
    world.workspace.stoppedByRequest = true;
    world.workspace.phase = 'stopping';
    expect((await nextEvent(events, 'workspaceStopping')).value).toEqual({ byRequest: true, condition: '' });
    world.workspace.phase = 'stopped';
    const { value } = await nextEvent(events, 'ended');
    expect(value.failure?.code).toBe(FailureCode.WORKSPACE_STOPPED);
    expect(value.failure?.message).toMatch(/is stopped: somebody stopped it\.$/);
    expect(value.failure?.remedies[0]?.text).toBe('Start the workspace');
    const refused = once(connectTcp(localPort, '127.0.0.1'), 'connect');
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('ends with the timeout when the workspace timed out, also when the connection goes first', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    world.workspace.timeoutCondition = 'workspace timed out after 30 minutes';
    world.workspace.phase = 'stopping';
    const stopping = await nextEvent(events, 'workspaceStopping');
    expect(stopping.value).toEqual({ byRequest: false, condition: 'workspace timed out after 30 minutes' });
    world.workspace.dropConnections();
    await nextEvent(events, 'interrupted');
    const { value } = await nextEvent(events, 'ended');
    expect(value.failure?.message).toMatch(/is stopping: it timed out \(workspace timed out after 30 minutes\)\.$/);
  });

  test('tells of a stop that it missed while the control plane was away', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    world.gitpod.faults.apiUpgradeStatus = 503;
    world.gitpod.dropApiConnections();
    world.workspace.phase = 'stopping';
    world.gitpod.faults.apiUpgradeStatus = undefined;
    await nextEvent(events, 'workspaceStopping');
    await events.return(undefined);
  });

  test('ends when the host key is another one now', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    world.gitpod.faults.presentedHostKeyNotListed = true;
    world.workspace.dropConnections();
    await expect(nextEvent(events, 'restored')).rejects.toThrow(`"code":${FailureCode.HOST_KEY_MISMATCH}`);
  });

  test('tells of another link when the IDE backend was restarted, and the local port leads to the new one', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const ready = await untilReady(events);
    (await join(ready.joinLink)).socket.destroy();
    world.workspace.restartBackend();
    const { value: changed } = await nextEvent(events, 'joinLinkChanged');
    expect(changed.localPort).toBe(ready.localPort);
    expect(changed.backendPid).toBe(ready.backendPid + 1);
    const { firstLine, socket } = await join(changed.joinLink);
    expect(firstLine).toBe(`READY ${changed.backendPid}`);
    socket.destroy();
    await events.return(undefined);
  });

  test('can be cancelled while it is interrupted', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const { localPort } = await untilReady(events);
    world.gitpod.faults.refuseSsh = true;
    world.gitpod.faults.tunnelUpgradeStatus = 502;
    world.gitpod.faults.supervisorDown = true;
    world.workspace.dropConnections();
    await nextEvent(events, 'interrupted');
    await events.return(undefined);
    await expect
      .poll(() => once(connectTcp(localPort, '127.0.0.1'), 'connect').catch(({ code }) => code))
      .toBe('ECONNREFUSED');
  });
});

test('a client that goes away by a reset before the backend has said anything ends nothing but itself', async () => {
  await using connection = new WatchedConnection(world.connect());
  const { value: ready } = await connection.next('ready');
  for (let times = 0; times < 3; times++) {
    const killed = connectTcp(ready.localPort, '127.0.0.1');
    await once(killed, 'connect');
    await sleep(50); // it is carried by then
    killed.resetAndDestroy();
  }
  const { firstLine, socket } = await join(ready.joinLink);
  expect(firstLine).toMatch(/^READY/);
  socket.destroy();
  expect(connection.events.at(-1)?.$case).toBe('ready');
});
