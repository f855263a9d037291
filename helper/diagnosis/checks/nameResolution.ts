import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { networkFailure } from '../../account/networkFailure.ts';
import { type Check, failed, ok, skipped } from '../check.ts';

/** Whether the installation's name has an address. */
export const nameResolution: Check = {
  id: 'name',
  area: 'Network',
  title: 'Name resolution',
  after: [],
  examine: async ({ subject, origin }) => {
    const { network } = subject.core.context;
    const proxy = network.proxyFor(origin.hostname, origin.port, 'https');
    if (proxy !== undefined) return skipped(`${origin.hostname} is resolved by the proxy ${proxy.name}`);
    const startedAt = performance.now();
    try {
      const addresses = await resolve(network.lookup, origin.hostname);
      const elapsedMs = Math.round(performance.now() - startedAt);
      return ok(`${origin.hostname} is ${addresses.map(({ address }) => address).join(', ')} (${elapsedMs} ms)`);
    } catch (error) {
      return failed(networkFailure(error, origin.hostname));
    }
  },
};

function resolve(lookup: LookupFunction, hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((fulfil, reject) => {
    lookup(hostname, { all: true }, (error, found) => {
      if (error !== null) reject(error);
      else fulfil(typeof found === 'string' ? [{ address: found, family: 0 }] : found);
    });
  });
}
