import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionTransport } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { WorkspaceServiceService } from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { httpProxy } from '../support/proxy/httpProxy.ts';
import { socks4Proxy, socks5Proxy } from '../support/proxy/socksProxy.ts';
import type { TestProxy } from '../support/proxy/testProxy.ts';
import { join } from '../support/thinClient.ts';
import { ConnectionMethod, makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
let proxy: TestProxy | undefined;
beforeEach(async () => {
  world = await makeWorld({ helper: { env: { GITPOD_HELPER_LOG: 'debug' } } });
  await world.registerKey();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  proxy = undefined;
});

const login = { username: 'ada', password: 'proxy-password-canary' };

/** Nothing resolves or is reachable but by the proxy. */
const unresolvable = { resolve: [] };

const kinds: readonly (readonly [string, () => Promise<TestProxy>, Partial<typeof login>])[] = [
  ['http', () => httpProxy(), {}],
  ['http with a login', () => httpProxy({ login }), login],
  ['socks5', () => socks5Proxy(), {}],
  ['socks5 with a login', () => socks5Proxy({ login }), login],
  ['socks4', () => socks4Proxy(), {}],
];

/** Connects, and shows that the right backend answers. */
async function connectAndJoin(options: Parameters<World['connect']>[0]): Promise<ConnectionTransport> {
  const events = world.connect(options)[Symbol.asyncIterator]();
  const ready = await untilReady(events);
  const { fingerprintMatches, socket } = await join(ready.joinLink);
  expect(fingerprintMatches).toBe(true);
  socket.destroy();
  await events.return(undefined);
  return ready.transport;
}

function portOf(target: string): number {
  return Number(target.slice(target.lastIndexOf(':') + 1));
}

describe.each(kinds)('through a proxy of kind %s', (_kind, start, credentials) => {
  test('the list, the WebSocket, the companion and SSH by its port work, and the names resolve there', async () => {
    proxy = await start();
    const { gitpod, workspace } = world;
    const settings = { url: proxy.url, ...credentials };
    await world.initialize(unresolvable, settings);
    const list = await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, {
      hosts: [],
      query: '',
      phases: [],
      pageSize: 0,
      pageToken: '',
    });
    expect(list.workspaces.map(({ ref }) => ref?.workspaceId)).toEqual([workspace.id]);
    expect(proxy.targets).toEqual([gitpod.host]);
    expect(await connectAndJoin({})).toBe(ConnectionTransport.WEBSOCKET);
    expect(await connectAndJoin({ useLocalApp: true })).toBe(ConnectionTransport.WEBSOCKET);
    expect(proxy.targets.map(portOf)).not.toContain(gitpod.sshPort);
    await world.initialize(unresolvable, { ...settings, sshThroughProxy: true });
    expect(await connectAndJoin({ method: ConnectionMethod.SSH_GATEWAY_KEY })).toBe(ConnectionTransport.TCP);
    expect(proxy.targets.map(portOf)).toContain(gitpod.sshPort);
  });
});
