import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  AccountServiceService,
  AccountState,
  type WatchAccountsResponse,
} from '../../helper/gen/gitpod/helper/v1/account_service.ts';
import { WorkspacePhase } from '../../helper/gen/gitpod/helper/v1/common.ts';
import type { ConnectResponse } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { KeyServiceService } from '../../helper/gen/gitpod/helper/v1/key_service.ts';
import { WorkspaceServiceService } from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { Browser } from '../support/browser.ts';
import { FaultyNetwork } from '../support/faultyNetwork.ts';
import { initializeRequest } from '../support/initialize.ts';
import { SignInPorts } from '../support/signInPorts.ts';
import { join } from '../support/thinClient.ts';
import { makeWorld, untilReady, type World } from '../support/world.ts';

let ports: SignInPorts;
let world: World;
const everything = { hosts: [], query: '', phases: [], pageSize: 0, pageToken: '' };

beforeEach(async () => {
  ports = await SignInPorts.own();
  world = await makeWorld();
  await world.initialize();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await ports[Symbol.asyncDispose]();
});

/** The token is worth nothing from now on, and the connection made with it is gone. */
function revoke(): void {
  world.user.revokeToken(world.user.personalAccessToken);
  world.gitpod.dropApiConnections();
}

async function initializeWith(token: string, address = '127.0.0.1'): Promise<void> {
  const resolve = [world.gitpod.resolve.replace('127.0.0.1', address)];
  const request = initializeRequest(world.gitpod, token, world.home.path, { resolve });
  await world.helper.client.unary(HelperServiceService.initialize, request);
}

function tooLittleForThePublicApi(): string {
  return world.user.createToken(['function:getLoggedInUser', 'resource:default']);
}

/** Signs in as a front end does. */
async function signInAgain(): Promise<string> {
  const call = world.helper.client.stream(AccountServiceService.signIn, { host: world.gitpod.host });
  for await (const { event } of call) {
    if (event?.$case === 'openPage') await new Browser(world.gitpod, world.user).open(event.value.url);
    if (event?.$case === 'signedIn') return event.value.token;
    if (event?.$case === 'failed') throw new Error(event.value.message);
  }
  throw new Error('the sign-in ended without a result');
}

function watchAccounts(): AsyncIterator<WatchAccountsResponse> {
  return world.helper.client.stream(AccountServiceService.watchAccounts, {})[Symbol.asyncIterator]();
}

/** Reads until the account is in a state. */
async function until(watch: AsyncIterator<WatchAccountsResponse>, state: AccountState) {
  for (;;) {
    const { value, done } = await watch.next();
    if (done === true) throw new Error('the watch ended');
    const [account] = value.accounts;
    if (account?.state === state) return account;
  }
}

async function untilEvent(events: AsyncIterator<ConnectResponse>, kind: string): Promise<void> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`the stream ended before ${kind}`);
    if (value.event?.$case === 'ended') throw new Error(JSON.stringify(value.event.value.failure));
    if (value.event?.$case === kind) return;
  }
}

function refusals(): number {
  return world.gitpod.events.filter((event) => event.kind === 'api-connect' && event.status === 401).length;
}

test('WatchAccounts tells whose the token is, and at once when it stops working', async () => {
  const watch = watchAccounts();
  const signedIn = await until(watch, AccountState.SIGNED_IN);
  expect(signedIn).toMatchObject({ host: world.gitpod.host, failure: undefined });
  revoke();
  const expired = await until(watch, AccountState.EXPIRED);
  expect(expired.failure).toMatchObject({
    code: FailureCode.SIGN_IN_REQUIRED,
    remedies: [{ text: expect.any(String) }],
  });
  await signInAgain();
  expect(await until(watch, AccountState.SIGNED_IN)).toMatchObject({ userName: 'ada', scopes: expect.any(Array) });
  await watch.return?.();
});

test('WatchAccounts tells that an installation is away, and that it is back', async () => {
  const watch = watchAccounts();
  await until(watch, AccountState.SIGNED_IN);
  world.gitpod.faults.apiUpgradeStatus = 502;
  world.gitpod.dropApiConnections();
  expect((await until(watch, AccountState.UNREACHABLE)).failure).toMatchObject({ code: FailureCode.HOST_UNREACHABLE });
  world.gitpod.faults.apiUpgradeStatus = undefined;
  await until(watch, AccountState.SIGNED_IN);
  await watch.return?.();
});

test('WatchAccounts tells that an installation answers with an error only, and what it does tell in the end', async () => {
  world.gitpod.faults.rpcErrors.set('getLoggedInUser', { code: -32603, message: 'canary of the installation' });
  await world.initialize();
  const watch = watchAccounts();
  expect((await until(watch, AccountState.UNREACHABLE)).failure).toMatchObject({
    code: FailureCode.INSTALLATION_ERROR,
  });
  world.gitpod.faults.rpcErrors.clear();
  await until(watch, AccountState.SIGNED_IN);
  await watch.return?.();
});

test('WatchAccounts tells that an installation lets nobody connect to its API, as behind a firewall that permits no WebSockets', async () => {
  world.gitpod.faults.apiUpgradeStatus = 403;
  await initializeWith(tooLittleForThePublicApi());
  const watch = watchAccounts();
  const { failure } = await until(watch, AccountState.UNREACHABLE);
  expect(failure).toMatchObject({ code: FailureCode.PERMISSION_DENIED });
  await watch.return?.();
});

test('WatchAccounts tells who it is once a network that wants a sign-in lets through', async () => {
  world.gitpod.faults.httpsAnswer = { status: 200, body: 'Welcome to the hotel' };
  await initializeWith(tooLittleForThePublicApi());
  const watch = watchAccounts();
  const { failure } = await until(watch, AccountState.UNREACHABLE);
  expect(failure).toMatchObject({ code: FailureCode.NOT_AN_INSTALLATION });
  await pause(500);
  world.gitpod.faults.httpsAnswer = undefined;
  await until(watch, AccountState.SIGNED_IN);
  await watch.return?.();
});

test('WatchAccounts tells that an installation is back which one call did not reach, where no WebSocket gets through', async () => {
  await using network = await FaultyNetwork.between([world.gitpod.httpsPort]);
  world.gitpod.faults.apiUpgradeStatus = 403;
  await initializeWith(world.user.personalAccessToken, network.address);
  const watch = watchAccounts();
  await until(watch, AccountState.SIGNED_IN);
  network.refuses = true;
  network.drop();
  await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, everything);
  await until(watch, AccountState.UNREACHABLE);
  network.refuses = false;
  await until(watch, AccountState.SIGNED_IN);
  await watch.return?.();
});

test('an installation that wants to be left alone is not asked about the account meanwhile', async () => {
  const busy = { code: 429, message: 'too many requests', data: { method: 'getLoggedInUser', retryAfter: 60 } };
  world.gitpod.faults.rpcErrors.set('getLoggedInUser', busy);
  const watch = watchAccounts();
  await until(watch, AccountState.UNREACHABLE);
  await pause(2_000);
  const asked = world.gitpod.events.filter((event) => event.kind === 'rpc' && event.method === 'getLoggedInUser');
  expect(asked).toHaveLength(1);
  await watch.return?.();
});

test('an account that is signed out of while it is asked about stays signed out', async () => {
  await using network = await FaultyNetwork.between([world.gitpod.httpsPort]);
  network.delayMs = 300;
  await initializeWith(world.user.personalAccessToken, network.address);
  const watch = watchAccounts();
  const asked = () => world.gitpod.events.filter((event) => event.kind === 'rpc').length;
  await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  await world.helper.client.unary(AccountServiceService.signOut, { host: world.gitpod.host });
  await until(watch, AccountState.SIGNED_OUT);
  await pause(3 * network.delayMs); // the answers have come
  await watch.return?.();
  const now = watchAccounts();
  expect((await now.next()).value.accounts).toMatchObject([{ state: AccountState.SIGNED_OUT, userName: '' }]);
  await now.return?.();
});

test('after a sign-in for a token that was refused, the scopes are those of the new one', async () => {
  revoke();
  const watch = watchAccounts();
  await until(watch, AccountState.EXPIRED);
  await signInAgain();
  const granted = expect.arrayContaining(['function:getWorkspaces']);
  expect(await until(watch, AccountState.SIGNED_IN)).toMatchObject({ userName: 'ada' });
  await pause(1_000); // what was asked before the sign-in is answered
  await watch.return?.();
  const now = watchAccounts();
  expect((await now.next()).value.accounts).toMatchObject([{ userName: 'ada', scopes: granted }]);
  await now.return?.();
});

test('a connect whose token is refused on the way waits for one sign-in, as all other calls do, and goes on', async () => {
  const watch = watchAccounts();
  await until(watch, AccountState.SIGNED_IN);
  revoke();
  await until(watch, AccountState.EXPIRED);
  const { client } = world.helper;
  const connecting = world.connect()[Symbol.asyncIterator]();
  const ready = untilReady(connecting);
  const list = client.unary(WorkspaceServiceService.listWorkspaces, everything);
  const keys = client.unary(KeyServiceService.listKeys, { host: world.gitpod.host, workspaceId: '' });
  await expect.poll(refusals, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  await signInAgain();
  const { joinLink } = await ready;
  const { fingerprintMatches, socket } = await join(joinLink);
  expect(fingerprintMatches).toBe(true);
  socket.destroy();
  expect(await list).toMatchObject({ failures: [], workspaces: [{ ref: { workspaceId: world.workspace.id } }] });
  await keys;
  const tokens = world.gitpod.events.filter((event) => event.kind === 'http' && event.path === '/api/oauth/token');
  expect(tokens).toHaveLength(1);
  await connecting.return?.(undefined);
  await watch.return?.();
});

test('a connection that lives goes on, and is restored after one sign-in', async () => {
  const watch = watchAccounts();
  const events = world.connect()[Symbol.asyncIterator]();
  const { joinLink } = await untilReady(events);
  revoke();
  await until(watch, AccountState.EXPIRED);
  world.workspace.dropConnections();
  await untilEvent(events, 'interrupted');
  await expect.poll(refusals, { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
  await signInAgain();
  await untilEvent(events, 'restored');
  const after = await join(joinLink);
  expect(after.fingerprintMatches).toBe(true);
  after.socket.destroy();
  await events.return?.(undefined);
  await watch.return?.();
});

test('a watch of workspaces goes on after one sign-in', async () => {
  const accounts = watchAccounts();
  const { client } = world.helper;
  const call = client.stream(WorkspaceServiceService.watchWorkspaces, { hosts: [world.gitpod.host] });
  const events = call[Symbol.asyncIterator]();
  const untilPhase = async (phase: WorkspacePhase) => {
    for (;;) {
      const { value, done } = await events.next();
      if (done === true) throw new Error('the watch ended');
      const { event } = value;
      const told =
        event?.$case === 'snapshot' ? event.value.workspaces : event?.$case === 'changed' ? [event.value] : [];
      if (told.some((workspace) => workspace.phase === phase)) return;
    }
  };
  await untilPhase(WorkspacePhase.RUNNING);
  revoke();
  await until(accounts, AccountState.EXPIRED);
  world.workspace.phase = 'stopping'; // missed: nobody is connected
  await signInAgain();
  await untilPhase(WorkspacePhase.STOPPING);
  world.workspace.phase = 'stopped';
  await untilPhase(WorkspacePhase.STOPPED);
  const tokens = world.gitpod.events.filter((event) => event.kind === 'http' && event.path === '/api/oauth/token');
  expect(tokens).toHaveLength(1);
  await events.return(undefined);
  await accounts.return?.();
});

test('a watch of everything takes in an installation that is signed in to later, and lets go of one signed out of', async () => {
  const { client } = world.helper;
  await client.unary(AccountServiceService.signOut, { host: world.gitpod.host });
  const call = client.stream(WorkspaceServiceService.watchWorkspaces, { hosts: [] });
  const events = call[Symbol.asyncIterator]();
  const nextSnapshot = async () => {
    for (;;) {
      const { event } = (await events.next()).value ?? {};
      if (event?.$case === 'snapshot') return event.value.workspaces.length;
    }
  };
  expect(await nextSnapshot()).toBe(0);
  await signInAgain();
  expect(await nextSnapshot()).toBe(1);
  await client.unary(AccountServiceService.signOut, { host: world.gitpod.host });
  expect(await nextSnapshot()).toBe(0);
  await events.return(undefined);
});

test('a sign-in that is declined lets those who wait fail', async () => {
  const watch = watchAccounts();
  await until(watch, AccountState.SIGNED_IN);
  revoke();
  await until(watch, AccountState.EXPIRED);
  const before = refusals();
  const list = world.helper.client.unary(WorkspaceServiceService.listWorkspaces, everything);
  await expect.poll(refusals, { timeout: 10_000 }).toBeGreaterThan(before);
  const call = world.helper.client.stream(AccountServiceService.signIn, { host: world.gitpod.host });
  for await (const { event } of call) {
    if (event?.$case === 'openPage') await new Browser(world.gitpod, world.user).open(event.value.url, 'no');
  }
  expect((await list).failures).toMatchObject([{ failure: { code: FailureCode.SIGN_IN_REQUIRED } }]);
  await watch.return?.();
});

test('without anybody who can sign in, a refused call fails at once', async () => {
  revoke();
  const { failures } = await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, everything);
  expect(failures).toMatchObject([{ failure: { code: FailureCode.SIGN_IN_REQUIRED } }]);
});

test('SignOut forgets the token', async () => {
  const watch = watchAccounts();
  await until(watch, AccountState.SIGNED_IN);
  await world.helper.client.unary(AccountServiceService.signOut, { host: world.gitpod.host });
  await until(watch, AccountState.SIGNED_OUT);
  const { client } = world.helper;
  await expect(client.unary(WorkspaceServiceService.listWorkspaces, everything)).rejects.toMatchObject({
    failure: { code: FailureCode.SIGN_IN_REQUIRED },
  });
  await watch.return?.();
});
