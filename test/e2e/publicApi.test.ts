import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorkspacePhase } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { WorkspaceServiceService } from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { initializeRequest } from '../support/initialize.ts';
import { join } from '../support/thinClient.ts';
import { makeWorld, nextEvent, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.registerKey();
});
afterEach(() => world[Symbol.asyncDispose]());

const everything = { hosts: [], query: '', phases: [], pageSize: 0, pageToken: '' };

describe.each([404, 403])('where the WebSocket of the API is answered with %i', (status) => {
  beforeEach(async () => {
    world.gitpod.faults.apiUpgradeStatus = status;
    await world.initialize();
  });

  test('the public API serves the list, a connection, and its stop', async () => {
    const { workspaces } = await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, everything);
    expect(workspaces).toMatchObject([{ ref: { workspaceId: world.workspace.id }, phase: WorkspacePhase.RUNNING }]);
    const events = world.connect()[Symbol.asyncIterator]();
    const { socket } = await join((await untilReady(events)).joinLink);
    socket.destroy();
    world.workspace.phase = 'stopping';
    await nextEvent(events, 'workspaceStopping');
    await events.return(undefined);
    expect(world.gitpod.events.filter(({ kind }) => kind === 'api-connect')).toHaveLength(1);
  });
});

test('the list is live by the public API, too', async () => {
  world.gitpod.faults.apiUpgradeStatus = 404;
  await world.initialize();
  const events = world.helper.client
    .stream(WorkspaceServiceService.watchWorkspaces, { hosts: [] })
    [Symbol.asyncIterator]();
  for (let known = false; !known; ) known = (await events.next()).value?.event?.$case === 'snapshot';
  const isWatched = () =>
    world.gitpod.events.some((event) => event.kind === 'public-api' && event.method.endsWith('WatchWorkspaceStatus'));
  await expect.poll(isWatched, { timeout: 10_000 }).toBe(true);
  world.workspace.phase = 'stopping';
  for (;;) {
    const { event } = (await events.next()).value ?? {};
    if (event?.$case === 'changed' && event.value.phase === WorkspacePhase.STOPPING) break;
  }
  await events.return(undefined);
});

test('a token that the public API does not take leaves the first failure to be told', async () => {
  world.gitpod.faults.apiUpgradeStatus = 404;
  const token = world.user.createToken(['function:getWorkspaces', 'function:getWorkspace', 'resource:default']);
  await world.helper.client.unary(
    HelperServiceService.initialize,
    initializeRequest(world.gitpod, token, world.home.path),
  );
  const { failures } = await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, everything);
  expect(failures).toMatchObject([{ failure: { code: FailureCode.NOT_AN_INSTALLATION } }]);
});

test('a token that is refused by the WebSocket is not tried elsewhere', async () => {
  world.user.revokeToken(world.user.personalAccessToken);
  await world.initialize();
  const { failures } = await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, everything);
  expect(failures).toMatchObject([{ failure: { code: FailureCode.SIGN_IN_REQUIRED } }]);
  expect(world.gitpod.events.filter(({ kind }) => kind === 'public-api')).toEqual([]);
});
