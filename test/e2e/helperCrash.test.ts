import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionServiceService, type ConnectRequest } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { connectRequest } from '../support/connectRequest.ts';
import { HelperProcess } from '../support/helperProcess.ts';
import { initializeRequest } from '../support/initialize.ts';
import { NumberedEcho } from '../support/numberedEcho.ts';
import { WatchedConnection } from '../support/watchedConnection.ts';
import { makeWorld, type World } from '../support/world.ts';

const clientCount = 3;
const loadBytes = 1024 * 1024;

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

/** What a front end does when its helper is gone: starts another one. */
async function startAnother(): Promise<HelperProcess> {
  const helper = new HelperProcess();
  const request = initializeRequest(world.gitpod, world.user.personalAccessToken, world.home.path);
  await helper.client.unary(HelperServiceService.initialize, request);
  return helper;
}

function connect(helper: HelperProcess, options: Partial<ConnectRequest>): WatchedConnection {
  const request = connectRequest(world.gitpod.host, world.workspace.id, options);
  return new WatchedConnection(helper.client.stream(ConnectionServiceService.connect, request));
}

/** Kills the helper with clients at work. @returns the port they were connected by. */
async function killUnderLoad(): Promise<number> {
  await using connection = connect(world.helper, {});
  const { value: ready } = await connection.next('ready');
  const clients: NumberedEcho[] = [];
  for (let count = 0; count < clientCount; count++) {
    await using joined = connect(world.helper, {});
    clients.push(await NumberedEcho.join((await joined.next('ready')).value.joinLink));
  }
  await Promise.all(clients.map((client) => client.moreEchoes(loadBytes)));
  world.helper.child.kill('SIGKILL');
  await Promise.all(clients.map((client) => client.over));
  for (const client of clients) expect(client.echoedBytes).toBeGreaterThanOrEqual(loadBytes); // each byte the right one
  return ready.localPort;
}

describe('when the helper is killed with SIGKILL under load', () => {
  test('another one serves the same port, and clients connect again', async () => {
    const localPort = await killUnderLoad();
    await using helper = await startAnother();
    await using connection = connect(helper, { localPort });
    const { value: ready } = await connection.next('ready');
    expect(ready.localPort).toBe(localPort);
    const client = await NumberedEcho.join(ready.joinLink);
    await client.moreEchoes(loadBytes);
    await client.stop();
    expect(client.echoedBytes).toBe(client.sentBytes);
  });

  test('and the port is taken meanwhile, that is told, and any other one leads to the backend as well', async () => {
    const localPort = await killUnderLoad();
    const taker = createServer().listen(localPort, '127.0.0.1');
    await once(taker, 'listening');
    await using helper = await startAnother();
    await using refused = connect(helper, { localPort });
    expect((await refused.next('ended')).value.failure).toMatchObject({
      code: FailureCode.LOCAL_PORT_IN_USE,
      message: `The local port ${localPort} is taken by another program, or may not be used.`,
      remedies: [{ text: 'Ask for another port, or for any free one with 0' }],
    });
    await using connection = connect(helper, { localPort: 0 });
    const { value: ready } = await connection.next('ready');
    expect(ready.localPort).not.toBe(localPort);
    const client = await NumberedEcho.join(ready.joinLink);
    await client.moreEchoes(loadBytes);
    await client.stop();
    taker.close();
    await once(taker, 'close');
  });
});
