import { release } from 'node:os';
import { amiss, type Check, ok } from '../check.ts';

const oldestMajor = 22;

/** The runtime: which Node, on what. */
export const runtime: Check = {
  id: 'runtime',
  area: 'This machine',
  title: 'Runtime',
  after: [],
  examine: async () => {
    const value = `Node ${process.versions.node} on ${process.platform} ${process.arch} (${release()})`;
    if (Number.parseInt(process.versions.node, 10) >= oldestMajor) return ok(value);
    const text = `Use Node ${oldestMajor} or newer`;
    return amiss('problem', value, [{ action: 'CHANGE_SETTING', text, url: 'https://nodejs.org' }]);
  },
};
