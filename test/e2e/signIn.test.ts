import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AccountServiceService,
  AccountState,
  type OpenPage,
  type SignedIn,
  type SignInResponse,
} from '../../helper/gen/gitpod/helper/v1/account_service.ts';
import { type Failure, FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { WorkspaceServiceService } from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { Browser } from '../support/browser.ts';
import type { StreamingCall } from '../support/grpcClient.ts';
import { initializeRequest } from '../support/initialize.ts';
import { SignInPorts } from '../support/signInPorts.ts';
import { makeWorld, type World } from '../support/world.ts';

let ports: SignInPorts;
let world: World;
let browser: Browser;

beforeEach(async () => {
  ports = await SignInPorts.own();
  world = await makeWorld();
  browser = new Browser(world.gitpod, world.user);
  const request = initializeRequest(world.gitpod, '', world.home.path);
  await world.helper.client.unary(HelperServiceService.initialize, { ...request, credentials: [] });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await ports[Symbol.asyncDispose]();
});

function signIn(): StreamingCall<SignInResponse> {
  return world.helper.client.stream(AccountServiceService.signIn, { host: world.gitpod.host });
}

async function next(events: AsyncIterator<SignInResponse>): Promise<NonNullable<SignInResponse['event']>> {
  const { value, done } = await events.next();
  if (done === true || value.event === undefined) throw new Error('the stream ended');
  return value.event;
}

async function pageOf(events: AsyncIterator<SignInResponse>): Promise<OpenPage> {
  const event = await next(events);
  if (event.$case !== 'openPage') throw new Error(JSON.stringify(event));
  return event.value;
}

async function signedInOf(events: AsyncIterator<SignInResponse>): Promise<SignedIn> {
  const event = await next(events);
  if (event.$case !== 'signedIn') throw new Error(JSON.stringify(event));
  return event.value;
}

async function failureOf(events: AsyncIterator<SignInResponse>): Promise<Failure> {
  const event = await next(events);
  if (event.$case !== 'failed') throw new Error(JSON.stringify(event));
  return event.value;
}

function begin(): AsyncIterator<SignInResponse> {
  return signIn()[Symbol.asyncIterator]();
}

async function listedIds(): Promise<(string | undefined)[]> {
  const request = { hosts: [world.gitpod.host], query: '', phases: [], pageSize: 0, pageToken: '' };
  const { workspaces, failures } = await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, request);
  expect(failures).toEqual([]);
  return workspaces.map(({ ref }) => ref?.workspaceId);
}

describe('SignIn', () => {
  test('leads through the browser to a token that works at once', async () => {
    const events = begin();
    const page = await pageOf(events);
    expect(page.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 60_000);
    const query = new URL(page.url).searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('redirect_uri')).toBe('http://127.0.0.1:63110');
    expect(query.get('state')).toMatch(/^[\w-]{32}$/);
    const scopes = query.get('scope')?.split(' ') ?? [];
    expect(scopes).toContain('function:getOwnerToken');
    expect(scopes).not.toContain('function:accessCodeSyncStorage');

    const end = await browser.open(page.url);
    expect(end.status).toBe(200);
    expect(end.body).toContain(`You are signed in to ${world.gitpod.host}.`);
    expect(end.body).toContain('Close this page and go back to the program that you came from.');

    const { token, account } = await signedInOf(events);
    expect(token).toMatch(/^[0-9a-f]{60}$/);
    expect(account).toMatchObject({
      host: world.gitpod.host,
      state: AccountState.SIGNED_IN,
      userId: world.user.id,
      userName: 'ada',
      scopes: expect.arrayContaining(['function:getWorkspaces']),
    });
    expect((await events.next()).done).toBe(true);
    expect(await ports.taken()).toEqual([]);
    expect(await listedIds()).toEqual([world.workspace.id]);
    expect(world.helper.log).not.toContain(token);
  });

  test('takes the first free port', async () => {
    await ports.take([63_110, 63_111]);
    const events = begin();
    const { url } = await pageOf(events);
    expect(new URL(url).searchParams.get('redirect_uri')).toBe('http://127.0.0.1:63112');
    await browser.open(url);
    await signedInOf(events);
  });

  test('with all ports taken says so, and offers a token instead', async () => {
    await ports.take();
    const failure = await failureOf(begin());
    expect(failure).toMatchObject({ code: FailureCode.SIGN_IN_PORTS_TAKEN });
    expect(failure.message).toContain('63110 to 63119');
    expect(failure.remedies[1]?.command).toBe(`gitpod-helper login --host ${world.gitpod.host} --token-stdin`);
  });

  test('declined in the browser is its own failure, and the page says what to do', async () => {
    const events = begin();
    const end = await browser.open((await pageOf(events)).url, 'no');
    expect(end.body).toContain('was declined in the browser');
    expect(end.body).toContain('approve the access');
    expect(await failureOf(events)).toMatchObject({
      code: FailureCode.SIGN_IN_DECLINED,
      remedies: [{ text: expect.stringContaining('approve the access') }],
    });
    expect(await ports.taken()).toEqual([]);
  });

  test('a second one at once joins the first: one page, one token for both', async () => {
    const first = begin();
    const page = await pageOf(first);
    const second = begin();
    expect((await pageOf(second)).url).toBe(page.url);
    await browser.open(page.url);
    const [a, b] = await Promise.all([signedInOf(first), signedInOf(second)]);
    expect(a.token).toBe(b.token);
  });

  test('goes on until the last caller has gone, and frees its port then', async () => {
    const first = signIn();
    const page = await pageOf(first[Symbol.asyncIterator]());
    const second = signIn();
    await pageOf(second[Symbol.asyncIterator]());
    first.cancel();
    expect(await ports.taken()).toEqual([63_110]);
    second.cancel();
    await expect.poll(() => ports.taken(), { timeout: 10_000 }).toEqual([]);
    const third = begin();
    expect((await pageOf(third)).url).not.toBe(page.url);
    await third.return?.();
  });

  test('ignores what does not belong to it, and tells the browser', async () => {
    const events = begin();
    const { url } = await pageOf(events);
    const redirectUri = new URL(url).searchParams.get('redirect_uri') ?? '';
    for (const query of ['', 'code=stolen', 'code=stolen&state=guessed', 'error=access_denied']) {
      const answer = await open(`${redirectUri}/?${query}`);
      expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('does not belong to the sign-in') });
    }
    expect(await open(`${redirectUri}/other`)).toMatchObject({ status: 404 });
    expect(await open(redirectUri, { Host: 'attacker.test:63110' })).toMatchObject({ status: 404 });
    await browser.open(url);
    await signedInOf(events);
  });

  test('an error that the installation sends back ends it', async () => {
    const events = begin();
    const query = new URL((await pageOf(events)).url).searchParams;
    await open(`${query.get('redirect_uri')}/?error=server_error&state=${query.get('state')}`);
    const failure = await failureOf(events);
    expect(failure).toMatchObject({ code: FailureCode.SIGN_IN_FAILED });
    expect(failure.message).toContain('it says "server_error"');
  });

  test('a code that was used already, or has expired, gives no token', async () => {
    const events = begin();
    const { url } = await pageOf(events);
    const address = await browser.addressAfter(url);
    world.gitpod.expireOAuthCodes();
    expect(await open(address.href)).toMatchObject({ status: 400, body: expect.stringContaining('may have expired') });
    const failure = await failureOf(events);
    expect(failure).toMatchObject({ code: FailureCode.SIGN_IN_FAILED, remedies: [{ text: expect.any(String) }] });
  });

  test('a page that is loaded twice exchanges the code once', async () => {
    const events = begin();
    const address = await browser.addressAfter((await pageOf(events)).url);
    // Both have asked before there is a result, since the port is closed then.
    const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    world.gitpod.faults.oauthExchangesAfter = Promise.all(asked.map(({ promise }) => promise));
    const both = await Promise.all(asked.map(({ resolve }) => open(address.href, {}, resolve)));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    await signedInOf(events);
    const exchanges = world.gitpod.events.filter((event) => event.kind === 'http' && event.path === '/api/oauth/token');
    expect(exchanges).toHaveLength(1);
    expect(world.helper.log).not.toContain(address.searchParams.get('code'));
  });

  test.each([-3_600_000, 3_600_000])('a clock that differs by %i ms does not matter', async (offsetMs) => {
    world.gitpod.faults.oauthClockOffsetMs = offsetMs;
    const events = begin();
    await browser.open((await pageOf(events)).url);
    await signedInOf(events);
  });

  test.each([
    ['a redirect', { status: 302, body: '', headers: { Location: '/canary' } }, /redirect, which is not followed/],
    ['no JSON', { status: 200, body: '<html>' }, /has no token/],
    ['no JWT', { status: 200, body: '{"access_token":"x"}' }, /has no token/],
    ['a server error', { status: 503, body: '' }, /HTTP 503/],
    ['megabytes', { status: 200, body: 'x'.repeat(2_000_000) }, /cannot be reached/],
  ])('%s instead of a token is a failure, and nothing else is asked', async (_what, answer, message) => {
    world.gitpod.faults.oauthAnswers.set('/api/oauth/token', answer);
    const events = begin();
    await browser.open((await pageOf(events)).url);
    expect((await failureOf(events)).message).toMatch(message);
    expect(world.gitpod.events).not.toContainEqual(expect.objectContaining({ path: '/canary' }));
  });

  test.each([
    ['not found', { status: 404, body: '' }],
    ['a redirect', { status: 301, body: '', headers: { Location: 'https://www.gitpod.test/' } }],
    ['no list', { status: 200, body: '{"scopes":1}' }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['scopes that are of no use', { status: 200, body: '["function:other"]' }],
  ])('an installation whose sign-in answers with %s is none', async (_what, answer) => {
    world.gitpod.faults.oauthAnswers.set('/api/oauth/inspect', answer);
    expect(await failureOf(begin())).toMatchObject({ code: FailureCode.NOT_AN_INSTALLATION });
  });

  test('refuses a host that is none', async () => {
    const call = world.helper.client.stream(AccountServiceService.signIn, { host: 'http://gitpod.io' });
    await expect(call[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      failure: { code: FailureCode.INVALID_ARGUMENT },
    });
  });
});

async function open(
  url: string,
  headers: Record<string, string> = {},
  onAsked?: () => void,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) });
    });
    request.once('error', reject);
    if (onAsked !== undefined) request.once('finish', onAsked);
  });
}
