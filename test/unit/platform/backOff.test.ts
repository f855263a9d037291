import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BackOff } from '../../../helper/platform/backOff.ts';

test('pauses double up to the cap, a fifth more or less, and begin anew after a success', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 5_000, max: 60_000 }), (firstMs, longestMs) => {
      const backOff = new BackOff(firstMs, longestMs);
      for (let failures = 0; failures < 40; failures += 1) {
        const exact = Math.min(firstMs * 2 ** failures, longestMs);
        const pauseMs = backOff.nextMs();
        expect(pauseMs).toBeGreaterThanOrEqual(Math.floor(exact * 0.8));
        expect(pauseMs).toBeLessThanOrEqual(Math.ceil(exact * 1.2));
      }
      backOff.reset();
      expect(backOff.nextMs()).toBeLessThanOrEqual(Math.ceil(firstMs * 1.2));
    }),
  );
});
