import { test } from 'vitest';
import { expectNeverInternal } from './fuzzedFaults.ts';

test('faults in any combination never come to INTERNAL, many times', () => expectNeverInternal(300));
