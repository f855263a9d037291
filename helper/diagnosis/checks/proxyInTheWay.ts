import { networkFailure } from '../../account/networkFailure.ts';
import { type Check, failed, ok } from '../check.ts';

/** The proxy that leads to the installation, if there is one. */
export const proxyInTheWay: Check = {
  id: 'proxy',
  area: 'Network',
  title: 'Proxy',
  after: ['name'],
  examine: async ({ subject, origin }, signal) => {
    const { network, sshPort } = subject.core.context;
    const { hostname, port } = origin;
    const proxy = network.proxyFor(hostname, port, 'https');
    if (proxy === undefined) return ok('none, connections are direct');
    const startedAt = performance.now();
    try {
      await network.tryProxy(hostname, port, signal);
    } catch (error) {
      signal.throwIfAborted();
      return failed(networkFailure(error, subject.installation.host));
    }
    const elapsedMs = Math.round(performance.now() - startedAt);
    const forSsh =
      network.proxyFor(hostname, sshPort, 'ssh') === undefined ? 'not for SSH’s port' : 'for SSH’s port, too';
    return ok(`${proxy.name} leads to ${hostname} (${elapsedMs} ms), ${forSsh}`);
  },
};
