import { networkFailure } from '../../account/networkFailure.ts';
import type { Remedy } from '../../failures.ts';
import { openWebSocket, UpgradeRefusedError } from '../../platform/network/openWebSocket.ts';
import { amiss, type Check, failed, ok } from '../check.ts';

const letThrough: Remedy = {
  action: 'CHANGE_SETTING',
  text: 'Ask the administrators of the network to let WebSockets (HTTP Upgrade) through',
};

/** Whether a WebSocket gets through to the installation: who sends it without a token is answered with 401 there. */
export const webSocketUpgrade: Check = {
  id: 'websocket',
  area: 'Network',
  title: 'WebSocket',
  after: ['tls'],
  examine: async ({ subject }, signal) => {
    const { core, installation } = subject;
    const url = `${installation.origin.replace(/^https/, 'wss')}/api/v1`;
    const startedAt = performance.now();
    const elapsed = () => `${Math.round(performance.now() - startedAt)} ms`;
    try {
      (await openWebSocket(url, {}, core.context.network, signal)).terminate();
      return ok(`the upgrade gets through (${elapsed()})`);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UpgradeRefusedError)) return failed(networkFailure(error, installation.host));
      if (error.status === 401 || error.status === 403) return ok(`the upgrade gets through (${elapsed()})`);
      // The API has another way, and so has SSH while its port is open.
      return amiss('warning', `the upgrade is answered with HTTP ${error.status}`, [letThrough]);
    }
  },
};
