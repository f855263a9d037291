import { once } from 'node:events';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FaultyNetwork } from '../support/faultyNetwork.ts';
import { join } from '../support/thinClient.ts';
import { makeWorld, nextEvent, untilReady, type World } from '../support/world.ts';

/** Longer than a connection that is doubted has to show that it lives. */
const longerThanDoubtMs = 4_000;

/** Longer than any pause between two looks at the clock. */
const sleptMs = 7_000;

let world: World;
let network: FaultyNetwork;
beforeEach(async () => {
  world = await makeWorld();
  const { gitpod } = world;
  network = await FaultyNetwork.between([gitpod.httpsPort, gitpod.sshPort]);
  await world.registerKey();
  await world.initialize({ resolve: [gitpod.resolve.replace('127.0.0.1', network.address)] });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await network[Symbol.asyncDispose]();
});

/** Stops the helper as a laptop's sleep does. */
async function sleep(): Promise<void> {
  world.helper.child.kill('SIGSTOP');
  await sleepFor(sleptMs);
  world.helper.child.kill('SIGCONT');
}

describe('a machine that has slept', () => {
  test('has its connection back within seconds when it is dead', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const { joinLink } = await untilReady(events);
    network.silence();
    await sleep();
    const wokenAt = performance.now();
    await nextEvent(events, 'interrupted');
    await nextEvent(events, 'restored');
    expect(performance.now() - wokenAt).toBeLessThan(7_500); // keepalives alone take 9 s
    const { socket } = await join(joinLink);
    socket.destroy();
    await events.return(undefined);
  });

  test('keeps its connection when that still lives', async () => {
    const events = world.connect()[Symbol.asyncIterator]();
    const { socket } = await join((await untilReady(events)).joinLink);
    await sleep();
    await vi.waitFor(() => expect(world.helper.log).toContain('connection.doubted'), 10_000);
    for (const doubtedAt = performance.now(); performance.now() < doubtedAt + longerThanDoubtMs; ) {
      const echoed = once(socket, 'data');
      socket.write('still here');
      expect(String((await echoed)[0])).toBe('still here');
    }
    socket.destroy();
    await events.return(undefined);
  });
});
