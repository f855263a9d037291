import { helperVersion, protocolVersion } from '../../version.ts';
import { type Check, ok } from '../check.ts';

/** Which helper this is, and which front ends it can serve. */
export const helperItself: Check = {
  id: 'helper',
  area: 'This machine',
  title: 'Helper',
  after: [],
  examine: async () =>
    ok(
      `version ${helperVersion}; serves front ends that speak protocol ${protocolVersion}, which is the oldest there is`,
    ),
};
