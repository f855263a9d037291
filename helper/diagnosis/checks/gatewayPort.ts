import { Failure } from '../../failures.ts';
import { amiss, type Check, failed, ok, skipped } from '../check.ts';
import { askSshPort } from '../sshPort.ts';

/** How the SSH gateway calls itself (ssh-gateway-observed §1). */
const ownIdentification = 'SSH-2.0-GITPOD-GATEWAY';

/** Whether the SSH gateway's port takes connections, and whether what answers is an SSH gateway. */
export const gatewayPort: Check = {
  id: 'gateway-port',
  area: 'SSH gateway',
  title: 'SSH port',
  after: ['sign-in'],
  examine: async (examination, signal) => {
    const address = await examination.address();
    if (address === undefined) return skipped('no workspace runs, whose SSH gateway could be asked');
    const { sshPort } = examination.subject.core.context;
    const where = `${address.sshHost}:${sshPort}`;
    try {
      const { identification, elapsedMs } = await askSshPort(examination, address);
      const value = `${where} shows "${identification}" (${elapsedMs} ms)`;
      if (identification === ownIdentification) return ok(value);
      const text = 'Check host and port: another SSH server than an SSH gateway answers there';
      return amiss('warning', value, [{ action: 'CHANGE_SETTING', text }]);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure) return failed(error, 'warning'); // the WebSocket does without
      throw error;
    }
  },
};
