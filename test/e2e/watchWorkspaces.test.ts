import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorkspacePhase } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import {
  type WatchWorkspacesResponse,
  WorkspaceServiceService,
} from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { EmbeddedGitpod } from '../embedded-gitpod/embeddedGitpod.ts';
import type { StreamingCall } from '../support/grpcClient.ts';
import { initializeRequest } from '../support/initialize.ts';
import { makeWorld, type World } from '../support/world.ts';

type Event = NonNullable<WatchWorkspacesResponse['event']>;

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.initialize();
});
afterEach(() => world[Symbol.asyncDispose]());

function watch(hosts: string[] = []): StreamingCall<WatchWorkspacesResponse> {
  return world.helper.client.stream(WorkspaceServiceService.watchWorkspaces, { hosts });
}

/** Reads on to the first event for which `pick` has something. */
async function until<T>(
  events: AsyncIterator<WatchWorkspacesResponse>,
  pick: (event: Event) => T | undefined,
): Promise<T> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('the stream ended');
    const picked = value.event === undefined ? undefined : pick(value.event);
    if (picked !== undefined) return picked;
  }
}

const snapshot = (event: Event) => (event.$case === 'snapshot' ? event.value.workspaces : undefined);
const phaseOf = (id: string) => (event: Event) =>
  event.$case === 'changed' && event.value.ref?.workspaceId === id ? event.value.phase : undefined;

describe('watching the workspaces', () => {
  test('tells all of them first, then every change as it is pushed', async () => {
    const events = watch()[Symbol.asyncIterator]();
    expect((await events.next()).value?.event).toMatchObject({ $case: 'link', value: { live: true } });
    expect(await until(events, snapshot)).toMatchObject([
      { ref: { workspaceId: world.workspace.id }, phase: WorkspacePhase.RUNNING, configuredTimeout: '30m' },
    ]);
    world.workspace.phase = 'stopping';
    expect(await until(events, phaseOf(world.workspace.id))).toBe(WorkspacePhase.STOPPING);
    await events.return(undefined);
  });

  test('tells of a workspace that somebody made elsewhere', async () => {
    const events = watch()[Symbol.asyncIterator]();
    await until(events, snapshot);
    const made = world.gitpod.addWorkspace(world.user, { phase: 'pending', repository: 'made-elsewhere' });
    made.phase = 'running';
    const told = await until(events, (event) => (event.$case === 'changed' ? event.value : undefined));
    expect(told).toMatchObject({ ref: { workspaceId: made.id }, repository: 'example/made-elsewhere' });
    await events.return(undefined);
  });

  test.each([
    ['the list', 'getWorkspaces', () => world.workspace],
    ['a new workspace', 'getWorkspace', () => world.gitpod.addWorkspace(world.user, { phase: 'pending' })],
  ])('misses no change that is pushed while %s is still on its way', async (_, method, changing) => {
    const events = watch()[Symbol.asyncIterator]();
    if (method === 'getWorkspace') await until(events, snapshot);
    const arrived = Promise.withResolvers<void>();
    world.gitpod.faults.rpcAnswersAfter.set(method, arrived.promise);
    const workspace = changing();
    if (method === 'getWorkspace') workspace.phase = 'initializing';
    const isAsked = () => world.gitpod.events.some((event) => event.kind === 'rpc' && event.method === method);
    await expect.poll(isAsked).toBe(true);
    workspace.phase = 'stopping';
    arrived.resolve();
    const inSnapshot = (event: Event) => snapshot(event)?.find(({ ref }) => ref?.workspaceId === workspace.id)?.phase;
    const isStopping = (event: Event) =>
      [phaseOf(workspace.id)(event), inSnapshot(event)].includes(WorkspacePhase.STOPPING) || undefined;
    await until(events, isStopping);
    await events.return(undefined);
  });

  test('keeps what is pushed of a workspace that is read by itself and with the list at a time', async () => {
    const events = watch()[Symbol.asyncIterator]();
    await until(events, snapshot);
    const [listed, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    world.gitpod.faults.rpcAnswersAfter.set('getWorkspaces', listed.promise).set('getWorkspace', read.promise);
    const isAsked = (method: string) => () =>
      world.gitpod.events.filter((event) => event.kind === 'rpc' && event.method === method).length;
    const lists = isAsked('getWorkspaces')();
    world.gitpod.dropApiConnections();
    const workspace = world.gitpod.addWorkspace(world.user, { phase: 'pending' });
    await expect.poll(isAsked('getWorkspaces')).toBe(lists + 1);
    workspace.phase = 'initializing';
    await expect.poll(isAsked('getWorkspace')).toBe(1);
    listed.resolve();
    await until(events, snapshot);
    workspace.phase = 'stopping';
    const isStopping = (event: Event) => phaseOf(workspace.id)(event) === WorkspacePhase.STOPPING || undefined;
    await until(events, isStopping);
    read.resolve();
    await until(events, isStopping);
    await events.return(undefined);
  });

  test('marks what it knows as stale while the installation is away, and reads again what it may have missed', async () => {
    const events = watch()[Symbol.asyncIterator]();
    await until(events, snapshot);
    world.gitpod.faults.apiUpgradeStatus = 503;
    world.gitpod.dropApiConnections();
    const link = (event: Event) => (event.$case === 'link' ? event.value : undefined);
    expect(await until(events, link)).toMatchObject({
      host: world.gitpod.host,
      live: false,
      staleSince: expect.any(Date),
      failure: { code: FailureCode.HOST_UNREACHABLE },
    });
    world.workspace.phase = 'stopped'; // nobody is told
    world.gitpod.faults.apiUpgradeStatus = undefined;
    const live = (event: Event) => (event.$case === 'link' && event.value.live ? true : undefined);
    await until(events, live);
    expect(await until(events, snapshot)).toMatchObject([{ phase: WorkspacePhase.STOPPED }]);
    await events.return(undefined);
  });

  test('of several installations is one list; one that is away hides nothing of the other', async () => {
    await using other = await EmbeddedGitpod.start({ domain: 'other.test' });
    const ben = other.addUser({ name: 'ben' });
    const theirs = other.addWorkspace(ben, { repository: 'over-there' });
    const request = initializeRequest(world.gitpod, world.user.personalAccessToken, world.home.path);
    await world.helper.client.unary(HelperServiceService.initialize, {
      ...request,
      credentials: [...request.credentials, { host: other.host, token: ben.personalAccessToken }],
      overrides: {
        home: world.home.path,
        sshConfigFile: '',
        caFile: world.gitpod.caFile,
        resolve: [world.gitpod.resolve, other.resolve],
        sshPort: world.gitpod.sshPort,
      },
      caCertificatesPem: [readFileSync(other.caFile, 'utf8')],
    });
    const events = watch()[Symbol.asyncIterator]();
    const both = await until(events, (event) => {
      const workspaces = snapshot(event);
      return workspaces?.length === 2 ? workspaces : undefined;
    });
    expect(both.map(({ ref }) => ref?.workspaceId).sort()).toEqual([world.workspace.id, theirs.id].sort());
    other.faults.apiUpgradeStatus = 503;
    other.dropApiConnections();
    const away = await until(events, (event) => (event.$case === 'link' ? event.value : undefined));
    expect(away).toMatchObject({ host: other.host, live: false });
    world.workspace.phase = 'stopping';
    expect(await until(events, phaseOf(world.workspace.id))).toBe(WorkspacePhase.STOPPING);
    await events.return(undefined);
  });

  test('tells why nothing is told when the token is not accepted', async () => {
    world.user.revokeToken(world.user.personalAccessToken);
    const events = watch()[Symbol.asyncIterator]();
    const told = await until(events, (event) => (event.$case === 'link' ? event.value : undefined));
    expect(told).toMatchObject({ live: false, failure: { code: FailureCode.SIGN_IN_REQUIRED } });
    expect(told.failure?.remedies.length).toBeGreaterThan(0);
    await events.return(undefined);
  });

  test('a thousand changes a second become the state there is for whoever reads slowly', async () => {
    const many = Array.from({ length: 50 }, () => world.gitpod.addWorkspace(world.user));
    const events = watch()[Symbol.asyncIterator]();
    await until(events, snapshot);
    for (let round = 0; round < 40; round++) {
      for (const workspace of many) workspace.phase = round % 2 === 0 ? 'interrupted' : 'running';
    }
    const last = many.at(-1);
    for (const workspace of many) workspace.phase = 'stopping';
    let told = 0;
    await until(events, (event) => {
      told += 1;
      return event.$case === 'changed' &&
        event.value.ref?.workspaceId === last?.id &&
        event.value.phase === WorkspacePhase.STOPPING
        ? true
        : undefined;
    });
    expect(told).toBeLessThan(2_050);
    await events.return(undefined);
  });

  test('ends when another Initialize puts other settings in place of those it was begun with', async () => {
    const events = watch()[Symbol.asyncIterator]();
    await until(events, snapshot);
    await world.initialize();
    await expect(until(events, () => undefined)).rejects.toThrow('the stream ended');
  });
});
