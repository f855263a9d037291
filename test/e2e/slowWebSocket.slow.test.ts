import { expect, test } from 'vitest';
import { ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { setStage } from './faults/stage.ts';

const clientCount = 3;
/** Of each client: at the network's rate it takes longer than the workspace proxy waits for a pong. */
const loadBytes = 12 * 1024 * 1024;
const bytesPerSecond = 2 * 1024 * 1024;

test('a slow link under load does not keep the pongs from the workspace proxy, which would cut the WebSocket', async () => {
  await using stage = await setStage();
  stage.world.gitpod.faults.refuseSsh = true;
  await stage.reset();
  await using connection = stage.connect();
  expect((await connection.next('ready')).value.transport).toBe(ConnectionTransport.WEBSOCKET);
  const clients = [];
  for (let count = 0; count < clientCount; count++) clients.push(await stage.newClient());
  stage.network.bytesPerSecond = bytesPerSecond;
  await Promise.all(clients.map((client) => client.moreEchoes(loadBytes)));
  stage.network.bytesPerSecond = Number.POSITIVE_INFINITY;
  for (const client of clients) {
    await client.stop();
    expect(client.echoedBytes).toBe(client.sentBytes);
  }
  expect(connection.events.map(({ $case }) => $case)).not.toContain('interrupted');
});
