import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import * as oauth from 'oauth4webapi';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser } from '../../embedded-gitpod/embeddedGitpod.ts';
import { Browser } from '../../support/browser.ts';

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;
let browser: Browser;

beforeEach(async () => {
  gitpod = await EmbeddedGitpod.start();
  user = gitpod.addUser({ name: 'ada' });
  browser = new Browser(gitpod, user);
});
afterEach(() => gitpod[Symbol.asyncDispose]());

const redirectUri = 'http://127.0.0.1:63110';
const verifier = 'v'.repeat(43);
const s256 = '7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM';

/** One request to the installation, by fetch's types, so that the OAuth library can use it. */
async function installationFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const { host, hostname } = new URL(url);
  const request = httpsRequest(url, {
    method: init.method ?? 'GET',
    headers: { ...Object.fromEntries(new Headers(init.headers)), Host: host },
    agent: false,
    ca: readFileSync(gitpod.caFile),
    hostname: '127.0.0.1',
    servername: hostname,
  });
  request.end(init.body === undefined || init.body === null ? undefined : String(init.body));
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', async (response) => {
      const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]);
      resolve(new Response(await text(response), { status: response.statusCode ?? 0, headers }));
    });
  });
}

function authorizeUrl(changes: Record<string, string | undefined> = {}): string {
  const parameters = {
    client_id: 'gitpod-cli',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'function:getWorkspaces resource:default',
    code_challenge: verifier,
    ...changes,
  };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${gitpod.origin}/api/oauth/authorize?${new URLSearchParams(given)}`;
}

async function newCode(changes: Record<string, string | undefined> = {}): Promise<string> {
  return (await browser.addressAfter(authorizeUrl(changes))).searchParams.get('code') ?? '';
}

async function exchange(
  code: string,
  changes: Record<string, string | undefined> = {},
  init: (fields: [string, string][]) => RequestInit = (fields) => ({ body: new URLSearchParams(fields).toString() }),
): Promise<{ status: number; body: Record<string, unknown> }> {
  const parameters = {
    grant_type: 'authorization_code',
    client_id: 'gitpod-cli',
    client_secret: 'gitpod-cli-secret',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes,
  };
  const fields = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await installationFetch(`${gitpod.origin}/api/oauth/token`, { method: 'POST', ...init(fields) });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

describe('an OAuth library of somebody else', () => {
  test.each([
    ['in the body', oauth.ClientSecretPost('gitpod-cli-secret')],
    ['in HTTP Basic', oauth.ClientSecretBasic('gitpod-cli-secret')],
  ])('signs in with the secret %s, and the token is the jti', async (_where, authentication) => {
    const server: oauth.AuthorizationServer = {
      issuer: gitpod.origin,
      authorization_endpoint: `${gitpod.origin}/api/oauth/authorize`,
      token_endpoint: `${gitpod.origin}/api/oauth/token`,
    };
    const client: oauth.Client = { client_id: 'gitpod-cli' };
    const ownVerifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const address = await browser.addressAfter(
      authorizeUrl({
        code_challenge: await oauth.calculatePKCECodeChallenge(ownVerifier),
        code_challenge_method: 'S256',
        state,
      }),
    );
    const callback = oauth.validateAuthResponse(server, client, address, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      callback,
      redirectUri,
      ownVerifier,
      { [oauth.customFetch]: (url, { method, headers, body }) => installationFetch(url, { method, headers, body }) },
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    const result = await oauth.processAuthorizationCodeResponse(server, client, response);
    expect(result).toMatchObject({ token_type: 'bearer', expires_in: 300 });
    const claims = JSON.parse(Buffer.from(result.access_token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ cid: 'Gitpod CLI', sub: user.id, jti: expect.stringMatching(/^[0-9a-f]{60}$/) });
    expect(claims.exp - claims.iat).toBe(300);
  });
});

describe('authorize', () => {
  test('asks to log in, then for approval, once', async () => {
    const first = await installationFetch(authorizeUrl({ state: 's' }));
    expect(first.status).toBe(302);
    expect(first.headers.get('location')).toMatch(/\/login\?returnToPath=%2Fapi%2Foauth%2Fauthorize.*#-$/);
    expect((await browser.addressAfter(authorizeUrl({ state: 's' }))).searchParams.get('state')).toBe('s');
    expect(user.approvedClients).toEqual(new Set(['gitpod-cli']));
    // The second time nobody is asked: a "no" cannot be given any more.
    expect((await browser.addressAfter(authorizeUrl(), 'no')).searchParams.get('code')).not.toBeNull();
  });

  test('a refusal comes back without code, error and state', async () => {
    const address = await browser.addressAfter(authorizeUrl({ state: 's' }), 'no');
    expect(address.href).toBe(`${redirectUri}/?approved=no#-`);
  });

  test.each([
    ['no client', { client_id: undefined }, 400],
    ['an unknown client', { client_id: 'nobody' }, 401],
    ['another response type', { response_type: 'token' }, 400],
    ['no PKCE', { code_challenge: undefined }, 400],
    ['a short challenge', { code_challenge: 'short' }, 400],
    ['another challenge method', { code_challenge_method: 'S512' }, 400],
    ['a port outside the range', { redirect_uri: 'http://127.0.0.1:63120' }, 400],
    ['localhost', { redirect_uri: 'http://localhost:63110' }, 400],
    ['a path', { redirect_uri: `${redirectUri}/callback` }, 400],
    ['a trailing slash', { redirect_uri: `${redirectUri}/` }, 400],
    ['a fragment', { redirect_uri: `${redirectUri}#x` }, 400],
    ['a scope that does not exist', { scope: 'function:fly' }, 400],
  ])('refuses %s', async (_what, changes, status) => {
    user.approvedClients.add('gitpod-cli');
    expect(await browser.open(authorizeUrl(changes))).toMatchObject({ status });
  });

  test('takes a redirect URI with a query, which does not count, and none at all', async () => {
    expect((await browser.addressAfter(authorizeUrl({ redirect_uri: `${redirectUri}?x=1` }))).origin).toBe(redirectUri);
    expect((await browser.addressAfter(authorizeUrl({ redirect_uri: undefined }))).origin).toBe(redirectUri);
  });

  test('keeps a blocked user out', async () => {
    user.blocked = true;
    expect(await browser.open(authorizeUrl())).toMatchObject({ status: 403 });
  });
});

describe('token', () => {
  test.each([
    ['plain by default', {}, {}],
    ['S256', { code_challenge: s256, code_challenge_method: 'S256' }, {}],
    ['no scopes', { scope: undefined }, {}],
    [
      'a public client',
      { client_id: 'vscode-gitpod', redirect_uri: undefined },
      { client_id: 'vscode-gitpod', client_secret: undefined, redirect_uri: undefined },
    ],
  ])('gives a token: %s', async (_what, asked, changes) => {
    expect(await exchange(await newCode(asked), changes)).toMatchObject({ status: 200 });
  });

  test('takes JSON, too', async () => {
    const asJson = (fields: [string, string][]): RequestInit => ({
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(fields)),
    });
    expect(await exchange(await newCode(), {}, asJson)).toMatchObject({ status: 200 });
  });

  test.each([
    ['no secret', {}, { client_secret: undefined }, 401],
    ['a wrong secret', {}, { client_secret: 'wrong' }, 401],
    ['another grant', {}, { grant_type: 'refresh_token' }, 400],
    ['a code of its own making', {}, { code: 'eyJhbGciOiJIUzI1NiJ9.e30.x' }, 400],
    ['another redirect URI', {}, { redirect_uri: 'http://127.0.0.1:63111' }, 400],
    ['another verifier', {}, { code_verifier: 'w'.repeat(43) }, 400],
    ['a short verifier', {}, { code_verifier: 'v' }, 400],
    ['a code for another client', {}, { client_id: 'gplctl-1.0', client_secret: 'gplctl-1.0-secret' }, 400],
    ['a scope of another client', { scope: 'function:sendHeartBeat' }, {}, 400],
    [
      'a secret of a client that has none',
      { client_id: 'vscode-gitpod', redirect_uri: undefined },
      { client_id: 'vscode-gitpod', client_secret: 'x', redirect_uri: undefined },
      401,
    ],
  ])('refuses %s', async (_what, asked, changes, status) => {
    expect(await exchange(await newCode(asked), changes)).toMatchObject({
      status,
      body: { status, message: expect.any(String) },
    });
  });

  test('takes a code once, and none that has expired', async () => {
    const code = await newCode();
    expect(await exchange(code)).toMatchObject({ status: 200 });
    expect(await exchange(code)).toMatchObject({ status: 400 });
    const late = await newCode();
    gitpod.expireOAuthCodes();
    expect(await exchange(late)).toMatchObject({ status: 400 });
  });
});

test('inspect tells the scopes of a client', async () => {
  const known = await installationFetch(`${gitpod.origin}/api/oauth/inspect?client=gitpod-cli`);
  expect(await known.json()).toContain('function:getWorkspaces');
  expect((await installationFetch(`${gitpod.origin}/api/oauth/inspect?client=nobody`)).status).toBe(400);
  expect((await installationFetch(`${gitpod.origin}/api/oauth/inspect`)).status).toBe(400);
});
