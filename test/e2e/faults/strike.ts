import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { expect } from 'vitest';
import type { ConnectEvent } from '../../support/watchedConnection.ts';
import type { Fault, Moment, Outcome } from './faults.ts';
import { bringTo, type Scene } from './moments.ts';
import type { Stage } from './stage.ts';

const echoBytes = 64 * 1024;
/** Of each client while a fault lasts that is not to be noticed: on the slowest link it takes longer than silence may. */
const loadBytes = 1.5 * 1024 * 1024;

declare module 'vitest' {
  interface TaskMeta {
    /** What a cell of the matrix took. */
    backAfterMs?: number;
  }
}

/**
 * Lets a fault strike at a moment, and asserts what is seen of it, what survives, and that nothing is left of it.
 *
 * @returns the milliseconds from the fault's beginning, or from its end where nothing works while it lasts, to bytes that
 *   flow again.
 */
export async function strike(stage: Stage, fault: Fault, moment: Moment): Promise<number> {
  await stage.reset();
  const filesBefore = stage.openFiles();
  let backAfterMs: number;
  {
    await using scene = await bringTo[moment](stage);
    await using lasting = new AsyncDisposableStack();
    lasting.defer(() => fault.end?.(stage));
    backAfterMs = await play(stage, fault, fault.outcomes[moment], scene, lasting);
  }
  await stage.reset();
  await expect.poll(stage.openFiles, { timeout: 10_000 }).toBe(filesBefore);
  return backAfterMs;
}

/** @param lasting ends the fault when it is disposed */
async function play(
  stage: Stage,
  fault: Fault,
  outcome: Outcome,
  scene: Scene,
  lasting: AsyncDisposableStack,
): Promise<number> {
  const { connection } = scene;
  const portBefore = localPort(connection.events);
  const from = connection.events.length;
  let since = performance.now();
  await fault.begin(stage);
  await seen(outcome, scene, from);
  const goesOnLoaded = outcome.sees === 'nothing' && scene.clients.length > 0;
  if (goesOnLoaded || outcome.sees === 'interrupted' || outcome.sees === 'ended') {
    since = performance.now();
    const lifted = connection.events.length;
    await lasting.disposeAsync();
    if (outcome.sees === 'interrupted') await connection.next('restored', lifted);
  }
  await using again = outcome.sees === 'ended' ? stage.connect() : undefined;
  await again?.next('ready');
  const client = await stage.newClient();
  await client.moreEchoes(echoBytes);
  const backAfterMs = Math.round(performance.now() - since);
  if (outcome.sees !== 'ended' && portBefore !== undefined) expect(client.port).toBe(portBefore);
  await lasting.disposeAsync();
  for (const each of [client, ...scene.clients]) {
    await each.stop();
    expect(each.echoedBytes).toBeGreaterThan(0); // throws unless every byte was the right one
  }
  expect(client.echoedBytes).toBe(client.sentBytes);
  const kinds = connection.events.slice(from).map(({ $case }) => $case);
  if (outcome.sees === 'nothing') {
    expect(kinds).not.toContain('interrupted');
    for (const each of scene.clients) expect(each.echoedBytes).toBe(each.sentBytes);
  }
  return backAfterMs;
}

async function seen(outcome: Outcome, { connection, clients }: Scene, from: number): Promise<void> {
  switch (outcome.sees) {
    case 'nothing':
      await connection.next('ready');
      await Promise.all(clients.map((client) => client.moreEchoes(loadBytes)));
      return;
    case 'restored':
      await connection.next('restored', from);
      return;
    case 'another link':
      await connection.next('joinLinkChanged', from);
      return;
    case 'interrupted': {
      const { value } = await connection.next('interrupted', from, ({ value }) => value.failure?.code === outcome.code);
      expect(value.failure?.remedies).not.toEqual([]);
      return;
    }
    case 'ended': {
      const { value } = await connection.next('ended', from);
      expect(value.failure).toMatchObject({ code: outcome.code, message: expect.stringMatching(/./) });
      expect(value.failure?.remedies).not.toEqual([]);
      const port = localPort(connection.events);
      if (port === undefined) return;
      const dialled = once(connectTcp(port, '127.0.0.1'), 'connect');
      await expect(dialled).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      return;
    }
  }
}

/** Where clients connect, as told last. */
function localPort(events: readonly ConnectEvent[]): number | undefined {
  const told = events.findLast((event) => event.$case === 'ready' || event.$case === 'joinLinkChanged');
  return told?.value.localPort;
}
