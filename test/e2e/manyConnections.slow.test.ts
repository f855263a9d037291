import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionMethod } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { join } from '../support/thinClient.ts';
import { makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld({
    gitpod: { callsPerMinute: 100_000 },
    helper: {
      nodeArguments: ['--expose-gc', '--require', joinPath(import.meta.dirname, '../support/reportMemory.cjs')],
    },
  });
  await world.registerKey();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

async function connectOnce(method: ConnectionMethod): Promise<void> {
  const events = world.connect({ method })[Symbol.asyncIterator]();
  const { socket, firstLine } = await join((await untilReady(events)).joinLink);
  expect(firstLine).toMatch(/^READY/);
  const ended = once(socket, 'close');
  socket.destroy();
  await ended;
  await events.return(undefined);
}

const methods = [ConnectionMethod.SSH_GATEWAY_KEY, ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN] as const;

async function cycles(count: number): Promise<void> {
  for (let cycle = 0; cycle < count; cycle++) await connectOnce(methods[cycle % 2] ?? methods[0]);
}

async function connectAtOnce(count: number): Promise<void> {
  const streams = Array.from({ length: count }, (_, index) => {
    const forwards = [{ localPort: 0, remotePort: index + 1 }]; // what differs is not joined
    return world.connect({ forwards })[Symbol.asyncIterator]();
  });
  const readies = await Promise.all(streams.map(untilReady));
  expect(new Set(readies.map(({ localPort }) => localPort)).size).toBe(count);
  await Promise.all(streams.map((events) => events.return(undefined)));
}

describe.runIf(process.platform === 'linux')(
  'a helper holds no more files, and hardly more memory, than before',
  () => {
    const growthLimitMiB = 10;

    test('a thousand connections, one after the other', async () => {
      const held = await heldAfter(() => cycles(100)); // caches fill
      await cycles(1_000);
      await expectNoMoreThan(held);
    });

    test('two hundred connections at once', async () => {
      const held = await heldAfter(() => connectAtOnce(200));
      await connectAtOnce(200);
      await expectNoMoreThan(held);
    });

    interface Held {
      readonly files: number;
      readonly memoryMiB: number;
    }

    async function heldAfter(warmUp: () => Promise<void>): Promise<Held> {
      await connectOnce(methods[0]);
      const files = openFiles();
      await warmUp();
      await expect.poll(openFiles, { timeout: 10_000 }).toBeLessThanOrEqual(files);
      return { files, memoryMiB: await heldMemoryMiB() };
    }

    async function expectNoMoreThan({ files, memoryMiB }: Held): Promise<void> {
      await expect.poll(openFiles, { timeout: 10_000 }).toBeLessThanOrEqual(files);
      expect((await heldMemoryMiB()) - memoryMiB).toBeLessThan(growthLimitMiB);
    }
  },
);

async function heldMemoryMiB(): Promise<number> {
  const reports = () => world.helper.log.match(/^\{"heldBytes":\d+\}$/gm) ?? [];
  const before = reports().length;
  world.helper.child.kill('SIGUSR2');
  await expect.poll(() => reports().length, { timeout: 10_000 }).toBe(before + 1);
  return JSON.parse(reports().at(-1) ?? '').heldBytes / 1024 / 1024;
}

test('a quarter of a gigabyte comes back byte for byte', async () => {
  const events = world.connect()[Symbol.asyncIterator]();
  const { socket } = await join((await untilReady(events)).joinLink);
  const sent = createHash('sha256');
  const received = createHash('sha256');
  const reading = (async () => {
    for await (const chunk of socket) received.update(chunk);
  })();
  for (let mebibyte = 0; mebibyte < 256; mebibyte++) {
    const chunk = randomBytes(1024 * 1024);
    sent.update(chunk);
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  socket.end();
  await reading;
  expect(received.digest('hex')).toBe(sent.digest('hex'));
  await events.return(undefined);
});

function openFiles(): number {
  return readdirSync(`/proc/${world.helper.child.pid}/fd`).length;
}
