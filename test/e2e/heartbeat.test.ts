import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { join } from '../support/thinClient.ts';
import { makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

/** A client that is there and does nothing but ping, as one does whose window nobody looks at. */
async function pingFor(joinLink: string, pings: number): Promise<Disposable> {
  const { socket } = await join(joinLink);
  for (let sent = 0; sent < pings; sent++) {
    const pong = new Promise((resolve) => socket.once('data', resolve));
    socket.write('ping\n');
    await pong;
  }
  return { [Symbol.dispose]: () => void socket.destroy() };
}

const heartbeats = () =>
  world.gitpod.events.filter((event) => event.kind === 'http' && event.path === '/_supervisor/v1/send_heartbeat');
const saidOverApi = () =>
  world.gitpod.events.filter((event) => event.kind === 'rpc' && event.method === 'sendHeartBeat');

describe('heartbeats', () => {
  test('an idle client that only pings causes none, so that a forgotten window keeps no workspace running', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const { joinLink } = await untilReady(events);
    (await pingFor(joinLink, 20))[Symbol.dispose]();
    await events.return(undefined);
    await setImmediate();
    expect(heartbeats()).toEqual([]);
    expect(saidOverApi()).toEqual([]);
  });

  test('with additional_heartbeat, one as soon as a client is there, and its going is told', async () => {
    const events = world.connect({ additionalHeartbeat: true })[Symbol.asyncIterator]();
    const { joinLink } = await untilReady(events);
    expect(heartbeats()).toEqual([]);
    using _client = await pingFor(joinLink, 1);
    await vi.waitFor(() => expect(heartbeats()).toMatchObject([{ status: 200, host: world.workspace.host }]), 10_000);
    await events.return(undefined);
    await vi.waitFor(() => expect(saidOverApi()).toMatchObject([{ error: undefined }]), 10_000);
  });

  test('with additional_heartbeat, also for whoever comes to a workspace that is connected without it', async () => {
    const without = world.connect()[Symbol.asyncIterator]();
    await untilReady(without);
    const events = world.connect({ additionalHeartbeat: true })[Symbol.asyncIterator]();
    using _client = await pingFor((await untilReady(events)).joinLink, 1);
    await vi.waitFor(() => expect(heartbeats()).toMatchObject([{ status: 200 }]), 10_000);
    await events.return(undefined);
    await without.return(undefined);
  });

  test('with additional_heartbeat, none while no client is there', async () => {
    const events = world.connect({ additionalHeartbeat: true })[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
    await setImmediate();
    expect(heartbeats()).toEqual([]);
    expect(saidOverApi()).toEqual([]);
  });
});
