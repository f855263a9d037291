import { networkFailure } from '../../account/networkFailure.ts';
import { amiss, type Check, failed, ok, skipped } from '../check.ts';

/** A token or certificate may be refused by more than this. */
const toleratedMs = 2 * 60_000;
const maxBodyBytes = 1024 * 1024;

/** This machine's clock against the installation's. */
export const clock: Check = {
  id: 'clock',
  area: 'Network',
  title: 'Clock',
  after: ['tls'],
  examine: async ({ subject }, signal) => {
    const { core, installation } = subject;
    const url = new URL('/api/version', installation.origin);
    const answer = await core.context.network.get(url, { signal, maxBodyBytes }).catch((error: unknown) => {
      signal.throwIfAborted();
      return networkFailure(error, installation.host);
    });
    if (answer instanceof Error) return failed(answer, 'warning');
    const theirs = Date.parse(answer.date);
    if (Number.isNaN(theirs)) return skipped(`${installation.host} does not tell the time`);
    const aheadMs = Date.now() - theirs;
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    const value = `${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} ${installation.host}`;
    if (Math.abs(aheadMs) <= toleratedMs) return ok(value);
    return amiss('warning', value, [{ action: 'CHANGE_SETTING', text: "Set this machine's clock by the network" }]);
  },
};
