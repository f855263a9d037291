import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { ConnectionServiceService } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { connectRequest } from '../support/connectRequest.ts';
import { join } from '../support/thinClient.ts';
import { ConnectionMethod, makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
  world.workspace.startDebugWorkspace();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

test.each([
  { method: ConnectionMethod.SSH_GATEWAY_KEY, transport: ConnectionTransport.TCP },
  { method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN, transport: ConnectionTransport.TCP },
  { method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN, transport: ConnectionTransport.WEBSOCKET },
  { method: ConnectionMethod.LOCAL_COMPANION, transport: ConnectionTransport.WEBSOCKET },
])('a debug workspace is reached by %o, and not the one it is in', async (way) => {
  const overTcp = way.transport === ConnectionTransport.TCP;
  world.gitpod.faults.refuseSsh = !overTcp;
  const request = connectRequest(world.gitpod.host, world.workspace.id, { method: way.method });
  const call = world.helper.client.stream(ConnectionServiceService.connect, {
    ...request,
    workspace: { host: world.gitpod.host, workspaceId: world.workspace.id, debug: true },
  });
  const events = call[Symbol.asyncIterator]();
  const ready = await untilReady(events);
  expect(ready).toMatchObject(way);
  const { fingerprintMatches, socket } = await join(ready.joinLink);
  expect(fingerprintMatches).toBe(true);
  socket.destroy();
  await events.return(undefined);
  const joined = world.gitpod.events.flatMap((event) => (event.kind === 'backend' ? [event.workspaceId] : []));
  expect(joined).toEqual([`debug-${world.workspace.id}`]);
});
