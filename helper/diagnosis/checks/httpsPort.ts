import { networkFailure } from '../../account/networkFailure.ts';
import { type Check, failed, ok } from '../check.ts';

/** Whether the installation's HTTPS port takes connections. */
export const httpsPort: Check = {
  id: 'tcp',
  area: 'Network',
  title: 'TCP to the HTTPS port',
  after: ['name', 'proxy'],
  examine: async (examination) => {
    const { hostname, port } = examination.origin;
    try {
      const { connectMs } = await examination.tls();
      return ok(`${hostname}:${port} takes connections (${connectMs} ms)`);
    } catch (error) {
      const failure = networkFailure(error, examination.subject.installation.host);
      return failure.code === 'TLS_UNTRUSTED' ? ok(`${hostname}:${port} takes connections`) : failed(failure);
    }
  },
};
