import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { type Fault, faults } from '../e2e/faults/faults.ts';
import { type Stage, setStage } from '../e2e/faults/stage.ts';
import type { NumberedEcho } from '../support/numberedEcho.ts';
import type { WatchedConnection } from '../support/watchedConnection.ts';
import { random } from './random.ts';

/** What a soak came to. It has thrown if one byte was lost or another one than was sent. */
export interface Soaked {
  readonly seconds: number;
  readonly faults: number;
  readonly interruptions: number;
  readonly clients: number;
  readonly echoedBytes: number;
  readonly longestInterruptionMs: number;
}

const clientCount = 3;
const echoBytes = 64 * 1024;
const longestHoldMs = 2_000;
const longestCalmMs = 500;
/** What the helper said last, when something went wrong. */
const logTailLength = 8_000;

/**
 * Lets one connection with several clients live through faults, drawn at random, for a while.
 *
 * @param seed the same one draws the same faults.
 * @param tell gets a line for each fault.
 * @throws when an echo is lost or wrong, an interruption does not end, or the helper holds more files than before.
 */
export async function soak(seconds: number, seed: number, tell: (line: string) => void): Promise<Soaked> {
  await using stage = await setStage();
  try {
    return await live(stage, seconds, seed, tell);
  } catch (error) {
    tell(stage.world.helper.log.slice(-logTailLength));
    throw error;
  }
}

async function live(stage: Stage, seconds: number, seed: number, tell: (line: string) => void): Promise<Soaked> {
  await stage.reset();
  const filesBefore = stage.openFiles();
  const draw = random(seed);
  const bearable = faults.filter((fault) => fault.outcomes['under load'].sees !== 'ended');
  const startedAt = performance.now();
  const tally = { faults: 0, clients: 0, echoedBytes: 0 };
  const connection = stage.connect();
  await connection.next('ready');
  let clients: NumberedEcho[] = [];
  while (performance.now() - startedAt < seconds * 1_000) {
    clients = clients.filter((client) => !client.isOver);
    for (; clients.length < clientCount; tally.clients += 1) clients.push(await stage.newClient());
    await Promise.all(clients.map((client) => client.moreEchoes(echoBytes)));
    const fault = bearable[Math.floor(draw() * bearable.length)];
    if (fault === undefined) throw new RangeError('there is no fault to draw');
    if (fault.isTooSlowForWebSocket && transportOf(connection) === ConnectionTransport.WEBSOCKET) continue;
    await pause(draw() * longestCalmMs);
    tell(`${((performance.now() - startedAt) / 1_000).toFixed(1)} s: ${fault.name}`);
    await bear(stage, connection, clients, fault, draw() * longestHoldMs);
    tally.faults += 1;
    for (const client of clients) if (client.isOver) tally.echoedBytes += client.echoedBytes;
  }
  for (const client of clients.filter(({ isOver }) => !isOver)) {
    await client.stop();
    tally.echoedBytes += client.echoedBytes;
    if (client.echoedBytes !== client.sentBytes) throw new Error('a client that nothing has cut lacks echoes');
  }
  await connection[Symbol.asyncDispose]();
  await stage.reset();
  await untilTrue(() => stage.openFiles() === filesBefore, 'the helper holds the files it held before');
  return { seconds, ...tally, ...interruptionsIn(connection) };
}

async function bear(
  stage: Stage,
  connection: WatchedConnection,
  clients: readonly NumberedEcho[],
  fault: Fault,
  holdMs: number,
): Promise<void> {
  const from = connection.events.length;
  await fault.begin(stage);
  const isUntouched = fault.isOfPort22 === true && transportOf(connection) === ConnectionTransport.WEBSOCKET;
  const sees = isUntouched ? 'nothing' : fault.outcomes['under load'].sees;
  switch (sees) {
    case 'nothing':
      await Promise.all(clients.map((client) => client.moreEchoes(echoBytes)));
      await pause(holdMs);
      await fault.end?.(stage);
      await Promise.all(clients.map((client) => client.moreEchoes(echoBytes)));
      return;
    case 'another link':
      await connection.next('joinLinkChanged', from);
      return;
    case 'restored':
    case 'interrupted':
      await connection.next('interrupted', from);
      await pause(holdMs);
      await fault.end?.(stage);
      await connection.next('restored', from);
      return;
    case 'ended':
      throw new RangeError(`nothing comes after: ${fault.name}`);
  }
}

function transportOf({ events }: WatchedConnection): ConnectionTransport | undefined {
  return events.findLast((event) => event.$case === 'ready' || event.$case === 'restored')?.value.transport;
}

/** @throws when one did not end. */
function interruptionsIn({ events }: WatchedConnection): { interruptions: number; longestInterruptionMs: number } {
  let isInterrupted = false;
  let interruptions = 0;
  let longestInterruptionMs = 0;
  for (const event of events) {
    if (event.$case === 'interrupted') {
      if (!isInterrupted) interruptions += 1;
      isInterrupted = true;
    }
    if (event.$case === 'restored') {
      isInterrupted = false;
      longestInterruptionMs = Math.max(longestInterruptionMs, event.value.interruptedMs);
    }
  }
  if (isInterrupted) throw new Error('the last interruption did not end');
  return { interruptions, longestInterruptionMs };
}

async function untilTrue(condition: () => boolean, what: string): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`it did not come about: ${what}`);
    await pause(50);
  }
}
