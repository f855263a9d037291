import { PublishedHostKeys } from '../../connection/hostKeys.ts';
import { connectSshGateway } from '../../connection/sshGateway.ts';
import { Failure } from '../../failures.ts';
import { SshClientError } from '../../ssh/client/sshClientError.ts';
import { type Check, failed, ok, skipped } from '../check.ts';
import { askSshPort, openSshPort } from '../sshPort.ts';

/** Thrown where a credential would be sent: none is. */
class SeenEnough extends Error {
  override readonly name = 'SeenEnough';
}

/** Whether the host key that the SSH gateway shows is a published one. */
export const gatewayHostKey: Check = {
  id: 'gateway-host-key',
  area: 'SSH gateway',
  title: 'Host key that is shown',
  after: ['sign-in'],
  examine: async (examination, signal) => {
    const address = await examination.address();
    if (address === undefined) return skipped('no workspace runs, whose SSH gateway could be asked');
    const { context } = examination.subject.core;
    try {
      await askSshPort(examination, address); // a port that stalls is waited for once
      const ssh = await connectSshGateway({
        address,
        sshPort: context.sshPort,
        transport: 'TCP',
        openStream: () => openSshPort(examination, address, signal),
        hostKeys: new PublishedHostKeys(address.origin, context.network, signal),
        authentication: async () => {
          throw new SeenEnough();
        },
        signal,
        onAuthenticating: () => undefined,
      });
      await ssh[Symbol.asyncDispose]();
      return ok('it is a published one');
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SshClientError && error.cause instanceof SeenEnough) return ok('it is a published one');
      if (error instanceof Failure && error.code === 'HOST_KEY_MISMATCH') return failed(error);
      if (error instanceof Failure) return skipped(`it is not shown: ${error.message}`);
      throw error;
    }
  },
};
