import { test } from 'vitest';
import { expectNeverInternal } from './fuzzedFaults.ts';

test('faults in any combination never come to INTERNAL', { timeout: 120_000 }, () => expectNeverInternal(25));
