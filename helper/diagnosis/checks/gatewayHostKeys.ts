import { Failure } from '../../failures.ts';
import { type Check, failed, ok, skipped } from '../check.ts';
import { fingerprintOfHostKey } from '../fingerprint.ts';

/** Whether the installation publishes host keys of an SSH gateway. A self-hosted one may have none. */
export const gatewayHostKeys: Check = {
  id: 'gateway-host-keys',
  area: 'SSH gateway',
  title: 'Published host keys',
  after: ['sign-in'],
  examine: async (examination) => {
    const address = await examination.address();
    if (address === undefined) return skipped('no workspace runs, whose host could be asked');
    try {
      const keys = await examination.hostKeys(address);
      return ok(`${keys.length}, by ${new URL(address.origin).host}`, keys.map(fingerprintOfHostKey));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'HOST_KEYS_UNAVAILABLE') throw error;
      return failed(error, 'warning'); // the Local Companion's way does without
    }
  },
};
