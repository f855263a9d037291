import { afterAll, beforeAll, describe, test } from 'vitest';
import { faults } from './faults.ts';
import { everyMoment } from './moments.ts';
import { type Stage, setStage } from './stage.ts';
import { strike } from './strike.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

describe.each(faults.filter(({ isSlow = false }) => isSlow))('$name', (fault) => {
  test.for(everyMoment)('%s', { timeout: 120_000 }, async (moment, { task }) => {
    task.meta.backAfterMs = await strike(stage, fault, moment);
  });
});
