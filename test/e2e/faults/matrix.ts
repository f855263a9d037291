import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Fault, Moment } from './faults.ts';
import { type Stage, setStage } from './stage.ts';
import { strike } from './strike.ts';

/** A test for each of these faults at each of these moments. */
export function testMatrix(faults: readonly Fault[], moments: readonly Moment[]): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  describe.each(faults)('$name', (fault) => {
    test.for(moments)('%s', { timeout: 120_000 }, async (moment, { task }) => {
      task.meta.backAfterMs = await strike(stage, fault, moment);
    });
  });
}
