import { expect } from 'vitest';
import type { RawSshClient } from './rawSshClient.ts';
import type { Transcript } from './transcripts.ts';

/** What to do for each `>x` of a transcript. */
export type Steps = Readonly<Record<string, () => void>>;

/**
 * Sends what was sent and expects what was received. Between two sends the order counts, except once a command runs: there
 * the real one keeps none (case `exec-event-orders`).
 */
export async function replay(client: RawSshClient, { case: name, ev, end }: Transcript, steps: Steps): Promise<void> {
  for (const { sent, received } of exchanges(ev)) {
    const step = steps[sent];
    if (!step) throw new Error(`${name}: no step for >${sent}`);
    step();
    const actual = await client.events.take(received.length);
    if (isAnyOrder(received)) expect([...actual].sort(), `${name} after >${sent}`).toEqual([...received].sort());
    else expect(actual, `${name} after >${sent}`).toEqual(received);
  }
  expect(client.isOpen, `${name}: open at the end`).toBe(end === 'open');
  expect(client.events.pending, `${name}: nothing more`).toEqual([]);
}

interface Exchange {
  readonly sent: string;
  readonly received: readonly string[];
}

/** Splits `>a x y >b z` into a: x y, b: z. */
function exchanges(ev: readonly string[]): Exchange[] {
  const found: { sent: string; received: string[] }[] = [];
  for (const event of ev) {
    // A step's details (`>pkSign ssh-ed25519`) stay part of its name.
    if (event.startsWith('>')) found.push({ sent: event.slice(1), received: [] });
    else found.at(-1)?.received.push(event);
  }
  return found;
}

function isAnyOrder(received: readonly string[]): boolean {
  return received.some((event) => event.startsWith('exit-') || event === 'ch_close');
}
