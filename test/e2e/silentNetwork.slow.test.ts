import { expect, test } from 'vitest';
import { ConnectionMethod, ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { FaultyNetwork } from '../support/faultyNetwork.ts';
import { join } from '../support/thinClient.ts';
import { makeWorld, nextEvent, untilReady } from '../support/world.ts';

const detectionLimitMs = 10_000;
/** DESIGN: a second and the handshake; with room for a busy machine. */
const recoveryLimitMs = 4_000;

test.each([
  { method: ConnectionMethod.SSH_GATEWAY_KEY, transport: ConnectionTransport.TCP },
  { method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN, transport: ConnectionTransport.TCP },
  { method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN, transport: ConnectionTransport.WEBSOCKET },
])('a network that says nothing any more is noticed within 10 s and left for a new connection: %o', async (how) => {
  await using world = await makeWorld();
  const { gitpod } = world;
  await using network = await FaultyNetwork.between([gitpod.httpsPort, gitpod.sshPort]);
  await world.registerKey();
  await world.initialize({ resolve: [gitpod.resolve.replace('127.0.0.1', network.address)] });
  gitpod.faults.refuseSsh = how.transport === ConnectionTransport.WEBSOCKET;
  const events = world.connect({ method: how.method })[Symbol.asyncIterator]();
  const ready = await untilReady(events);
  expect(ready.transport).toBe(how.transport);
  network.silence();
  const silentAt = performance.now();
  expect(await nextEvent(events, 'interrupted')).toMatchObject({
    value: { failure: { code: FailureCode.SSH_CONNECTION_LOST, message: expect.stringMatching(/does not answer/) } },
  });
  expect(performance.now() - silentAt).toBeLessThan(detectionLimitMs);
  const noticedAt = performance.now();
  await nextEvent(events, 'restored');
  expect(performance.now() - noticedAt).toBeLessThan(recoveryLimitMs);
  const { firstLine, socket } = await join(ready.joinLink);
  expect(firstLine).toMatch(/^READY/);
  socket.destroy();
  await events.return(undefined);
});
