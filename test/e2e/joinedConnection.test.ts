import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectResponse } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { ConnectionServiceService } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { closedPort } from '../support/closedPort.ts';
import { join } from '../support/thinClient.ts';
import { makeWorld, nextEvent, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

function connectionCount(): Promise<number> {
  const listed = world.helper.client.unary(ConnectionServiceService.listConnections, {});
  return listed.then(({ connections }) => connections.length);
}

async function reaches(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

async function restored(events: AsyncIterator<ConnectResponse>): Promise<void> {
  for (let kind: string | undefined; kind !== 'restored'; kind = (await events.next()).value.event?.$case);
}

describe('a second Connect to the same workspace', () => {
  test('joins the first, with a join link that has not been used', async () => {
    const first = world.connect()[Symbol.asyncIterator]();
    const ready = await untilReady(first);
    (await join(ready.joinLink)).socket.destroy();
    const second = world.connect()[Symbol.asyncIterator]();
    const joined = await untilReady(second);
    expect(joined.localPort).toBe(ready.localPort);
    const { firstLine, socket } = await join(joined.joinLink);
    expect(firstLine).toMatch(/^READY/);
    socket.destroy();
    expect(await connectionCount()).toBe(1);
    await first.return(undefined);
    await second.return(undefined);
  });

  test('is told the plan and the phase, and everything that comes later', async () => {
    const first = world.connect()[Symbol.asyncIterator]();
    await untilReady(first);
    const second = world.connect()[Symbol.asyncIterator]();
    const told = [];
    for (let kind: string | undefined; kind !== 'ready'; ) {
      kind = (await second.next()).value.event?.$case;
      told.push(kind);
    }
    expect(told).toEqual(['plan', 'phase', 'ready']);
    world.workspace.dropConnections();
    await Promise.all([restored(first), restored(second)]);
    await first.return(undefined);
    await second.return(undefined);
  });

  test('that comes while the first is being made waits with it', async () => {
    const streams = [world.connect()[Symbol.asyncIterator](), world.connect()[Symbol.asyncIterator]()];
    const ready = await Promise.all(streams.map(untilReady));
    expect(ready[0]?.localPort).toBe(ready[1]?.localPort);
    for (const events of streams) await events.return(undefined);
  });

  test('is asked what the first is being asked, and can answer when the first has left', async () => {
    world.workspace.phase = 'stopped';
    const first = world.connect()[Symbol.asyncIterator]();
    const { value: asked } = await nextEvent(first, 'prompt');
    const second = world.connect()[Symbol.asyncIterator]();
    const { value: askedToo } = await nextEvent(second, 'prompt');
    expect(askedToo).toEqual(asked);
    await first.return(undefined);
    const answer = { $case: 'consent' as const, value: true };
    await world.helper.client.unary(ConnectionServiceService.answerPrompt, { promptId: askedToo.promptId, answer });
    await untilReady(second);
    await second.return(undefined);
  });

  test('keeps the connection when the first leaves; the last one ends it', async () => {
    const first = world.connect()[Symbol.asyncIterator]();
    const { localPort } = await untilReady(first);
    const second = world.connect()[Symbol.asyncIterator]();
    await untilReady(second);
    await first.return(undefined);
    expect(await connectionCount()).toBe(1);
    expect(await reaches(localPort)).toBe(true);
    await second.return(undefined);
    await expect.poll(() => reaches(localPort)).toBe(false);
    expect(await connectionCount()).toBe(0);
  });

  test('that asks for something else is a connection of its own', async () => {
    const first = world.connect()[Symbol.asyncIterator]();
    const { localPort } = await untilReady(first);
    const second = world.connect({ localPort: await closedPort() })[Symbol.asyncIterator]();
    expect((await untilReady(second)).localPort).not.toBe(localPort);
    expect(await connectionCount()).toBe(2);
    await first.return(undefined);
    await second.return(undefined);
  });
});
