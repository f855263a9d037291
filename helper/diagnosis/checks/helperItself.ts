import { helperVersion, protocolVersion } from '../../version.ts';
import { type Check, ok } from '../check.ts';

/** Which helper this is, and which front ends it can serve. */
export const helperItself: Check = {
  id: 'helper',
  area: 'This machine',
  title: 'Helper',
  after: [],
  examine: async ({ subject }) => {
    const { frontEnd } = subject.core.settings;
    const served = frontEnd === undefined ? '' : `; serves ${frontEnd.name} ${frontEnd.version}`;
    const protocols = `front ends that speak protocol ${protocolVersion}, the oldest there is, are served`;
    return ok(`version ${helperVersion}${served}; ${protocols}`);
  },
};
