import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConnectionServiceService, ConnectPhase } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { join } from '../support/thinClient.ts';
import { WatchedConnection } from '../support/watchedConnection.ts';
import { makeWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

test('a connection stays READY while the launcher does not know the backend for a moment', async () => {
  await using connection = new WatchedConnection(world.connect());
  await connection.next('ready');
  world.workspace.backend = 'booting';
  await sleep(6_500); // the launcher is asked every 5 s
  world.workspace.backend = 'ready';
  const { connections } = await world.helper.client.unary(ConnectionServiceService.listConnections, {});
  expect(connections.map(({ phase }) => phase)).toEqual([ConnectPhase.READY]);
  expect(connection.events.at(-1)?.$case).toBe('ready');
});

test('a connection that is lost stays with the new connection when the backend that was asked for over the old one comes up', async () => {
  await using connection = new WatchedConnection(world.connect({ backendDeadlineSeconds: 60 }));
  const { value: ready } = await connection.next('ready');
  (await join(ready.joinLink)).socket.destroy(); // its ticket is used up
  world.workspace.backend = 'booting';
  await sleep(8_000); // the launcher is asked over and over by then, with pauses of more than a second
  const from = connection.events.length;
  world.workspace.dropConnections();
  await connection.next('interrupted', from);
  world.workspace.restartBackend();
  world.workspace.backend = 'ready';
  const { value: changed } = await connection.next('joinLinkChanged', from);
  await sleep(5_000); // longer than any pause
  const { firstLine, socket } = await join(changed.joinLink);
  expect(firstLine).toBe(`READY ${changed.backendPid}`);
  socket.destroy();
});
