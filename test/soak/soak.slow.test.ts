import { expect, test } from 'vitest';
import { random } from './random.ts';
import { soak } from './soak.ts';

test('a minute of faults at random: every echo is accounted for', async () => {
  const { faults, interruptions, echoedBytes } = await soak(60, 1, () => undefined);
  expect(faults).toBeGreaterThan(3);
  expect(interruptions).toBeGreaterThan(0);
  expect(echoedBytes).toBeGreaterThan(0);
});

test('a seed draws the same faults again', () => {
  const [one, again, other] = [random(7), random(7), random(8)].map((draw) => [draw(), draw(), draw()]);
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});
