import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AccountServiceService, AccountState } from '../../helper/gen/gitpod/helper/v1/account_service.ts';
import {
  ConnectionServiceService,
  type Prompt,
  PromptKind,
} from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { CertificateAuthority } from '../embedded-gitpod/tls/certificates.ts';
import { closedPort } from '../support/closedPort.ts';
import { httpProxy } from '../support/proxy/httpProxy.ts';
import { socks5Proxy } from '../support/proxy/socksProxy.ts';
import { strangeProxy } from '../support/proxy/strangeProxy.ts';
import type { TestProxy } from '../support/proxy/testProxy.ts';
import { ConnectionMethod, failureOf, makeWorld, untilReady, type World } from '../support/world.ts';

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
const unresolvable = { resolve: [] };
const noTls = () => strangeProxy('https', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'closes');

describe('a proxy that is in the way is named, with why and what to do', () => {
  test.each<[string, () => Promise<TestProxy>, RegExp]>([
    [
      'refuses an HTTP tunnel',
      () => httpProxy({ refusedPorts: [world.gitpod.httpsPort] }),
      /: it answers with "HTTP 403"\.$/,
    ],
    [
      'refuses a SOCKS tunnel',
      () => socks5Proxy({ refusedPorts: [world.gitpod.httpsPort] }),
      /: it answers with "not allowed"\.$/,
    ],
    [
      'answers something else',
      () => strangeProxy('http', 'SSH-2.0-OpenSSH\r\n', 'waits'),
      /: what it answers is not what such a proxy says\.$/,
    ],
    [
      'redirects',
      () => strangeProxy('http', 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n', 'closes'),
      /: it answers with "HTTP 302"\.$/,
    ],
    [
      'says nothing and closes',
      () => strangeProxy('http', '', 'closes'),
      /: what it answers is not what such a proxy says\.$/,
    ],
    [
      'answers no SOCKS',
      () => strangeProxy('socks5', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'waits'),
      /: what it answers is not what such a proxy says\.$/,
    ],
    ['stalls', () => strangeProxy('http', '', 'waits'), /: it accepts connections, then does not answer\.$/],
    [
      'stalls in SOCKS',
      () => strangeProxy('socks5', '\x05', 'waits'),
      /: it accepts connections, then does not answer\.$/,
    ],
    ['speaks no TLS', noTls, /: no TLS with it\.$/],
    [
      'wants another login',
      () =>
        strangeProxy(
          'http',
          'HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n',
          'closes',
        ),
      /: it wants a login by NTLM, Negotiate, and only Basic is known here\.$/,
    ],
  ])('%s', async (_what, start, message) => {
    proxy = await start();
    await world.initialize(unresolvable, { url: proxy.url });
    const failure = await failureOf(world.connect());
    expect(failure).toMatchObject({ code: FailureCode.PROXY_FAILED, retryable: true });
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain(`The proxy ${proxy.url} does not lead to ${world.gitpod.host}: `);
    expect(failure.remedies.map(({ text }) => text)).toEqual([
      'Check the proxy in the settings of the IDE, in HTTPS_PROXY or after --proxy',
      `If ${world.gitpod.host} is reached without a proxy, add it to NO_PROXY`,
      'Try again',
    ]);
  });

  test.each([
    ['is not there', async () => `http://127.0.0.1:${await closedPort()}`, /the connection was refused/],
    [
      'has a name that does not resolve',
      async () => 'http://no-such-proxy.invalid:3128',
      /its host name cannot be resolved/,
    ],
  ])('%s', async (_what, url, message) => {
    await world.initialize(unresolvable, { url: await url() });
    const failure = await failureOf(world.connect());
    expect(failure.code).toBe(FailureCode.PROXY_FAILED);
    expect(failure.message).toMatch(message);
  });

  test('the account is told to be out of reach, not to be still checked', async () => {
    proxy = await httpProxy({ login });
    const closed = `http://127.0.0.1:${await closedPort()}`;
    for (const [url, code] of [
      [closed, FailureCode.PROXY_FAILED],
      [proxy.url, FailureCode.PROXY_AUTH_REQUIRED],
    ] as const) {
      await world.initialize(unresolvable, { url });
      for await (const { accounts } of world.helper.client.stream(AccountServiceService.watchAccounts, {})) {
        if (accounts[0]?.state === AccountState.UNSPECIFIED) continue;
        expect(accounts).toMatchObject([{ state: AccountState.UNREACHABLE, failure: { code } }]);
        break;
      }
    }
  });

  test('whose certificate is not trusted, until its authority is', async () => {
    const authority = await CertificateAuthority.create();
    const identity = await authority.issue(['localhost']);
    proxy = await httpProxy({ identity });
    const url = proxy.url.replace('127.0.0.1', 'localhost');
    await world.initialize(unresolvable, { url });
    const failure = await failureOf(world.connect());
    expect(failure.code).toBe(FailureCode.PROXY_FAILED);
    expect(failure.message).toMatch(
      /its TLS certificate is not trusted, its (issuer|certificate authority) is not known/,
    );
    await world.initialize(unresolvable, { url }, [authority.certificate]);
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
    expect(proxy.wire().toString('latin1')).not.toContain('CONNECT');
  });

  test('refuses port 22: SSH goes by the WebSocket', async () => {
    proxy = await httpProxy({ refusedPorts: [world.gitpod.sshPort] });
    await world.initialize(unresolvable, { url: proxy.url, sshThroughProxy: true });
    const failure = await failureOf(world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY }));
    expect(failure.code).toBe(FailureCode.PORT_22_BLOCKED);
    expect(failure.message).toContain(`the proxy ${proxy.url} does not lead there, it answers with "HTTP 403"`);
    const events = world.connect()[Symbol.asyncIterator]();
    await untilReady(events);
    await events.return(undefined);
  });
});

describe.each([
  ['HTTP', () => httpProxy({ login })],
  ['SOCKS', () => socks5Proxy({ login })],
] as const)('an %s proxy that demands a login', (_kind, start) => {
  beforeEach(async () => {
    proxy = await start();
  });

  test('asks for the password once, and the answer counts for what follows', async () => {
    await world.initialize(unresolvable, { url: proxy?.url ?? '', username: login.username });
    const events = world.connect()[Symbol.asyncIterator]();
    const prompt = await nextPrompt(events);
    expect(prompt).toMatchObject({
      kind: PromptKind.PROXY_PASSWORD,
      title: `Password of ada for the proxy ${proxy?.url}`,
    });
    await answer(prompt.promptId, login.password);
    await untilReady(events);
    await events.return(undefined);
    const again = world.connect()[Symbol.asyncIterator]();
    await untilReady(again); // a prompt that nobody answers would keep it waiting
    await again.return(undefined);
    expect(world.helper.log).not.toContain(login.password);
  });

  test('asks for the name, too, when it is not known', async () => {
    await world.initialize(unresolvable, { url: proxy?.url ?? '' });
    const events = world.connect()[Symbol.asyncIterator]();
    const prompt = await nextPrompt(events);
    expect(prompt.title).toBe(`User name and password for the proxy ${proxy?.url}, as NAME:PASSWORD`);
    await answer(prompt.promptId, `${login.username}:${login.password}`);
    await untilReady(events);
    await events.return(undefined);
  });

  test('ends the attempt after a wrong answer, and asks again with the next one', async () => {
    await world.initialize(unresolvable, { url: proxy?.url ?? '', username: login.username });
    for (let attempt = 0; attempt < 2; attempt++) {
      const events = world.connect();
      const iterator = events[Symbol.asyncIterator]();
      await answer((await nextPrompt(iterator)).promptId, 'something else');
      const failure = await failureOf({ [Symbol.asyncIterator]: () => iterator });
      expect(failure.code).toBe(FailureCode.PROXY_AUTH_REQUIRED);
      expect(failure.message).toBe(
        `The proxy ${proxy?.url} wants a user name and password: it does not accept those it was given.`,
      );
    }
  });

  test('is told as such when the question is dismissed', async () => {
    await world.initialize(unresolvable, { url: proxy?.url ?? '', username: login.username });
    const iterator = world.connect()[Symbol.asyncIterator]();
    await answer((await nextPrompt(iterator)).promptId, undefined);
    const failure = await failureOf({ [Symbol.asyncIterator]: () => iterator });
    expect(failure).toMatchObject({ code: FailureCode.PROXY_AUTH_REQUIRED, retryable: false });
    expect(failure.message).toMatch(/wants a user name and password: it was given none\.$/);
    expect(failure.remedies[0]?.text).toBe('Give user name and password in the proxy settings of the IDE');
  });

  test('does not accept those of the settings', async () => {
    await world.initialize(unresolvable, { url: proxy?.url ?? '', username: 'ada', password: 'wrong-password' });
    const failure = await failureOf(world.connect());
    expect(failure.code).toBe(FailureCode.PROXY_AUTH_REQUIRED);
    expect(failure.message).toMatch(/it does not accept those it was given\.$/);
  });
});

test('a login in the URL is refused without being repeated', async () => {
  const refused = world.initialize(unresolvable, { url: 'http://somebody:something@127.0.0.1:1' });
  await expect(refused).rejects.toMatchObject({
    failure: { code: FailureCode.INVALID_ARGUMENT, message: expect.not.stringMatching(/somebody|something/) },
  });
});

type Event = { event?: { $case: string; value: unknown } | undefined };

async function nextPrompt(events: AsyncIterator<Event>): Promise<Prompt> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('the stream ended without a prompt');
    if (isPrompt(value.event)) return value.event.value;
    if (value.event?.$case === 'ended') throw new Error(JSON.stringify(value.event.value));
  }
}

function isPrompt(event: Event['event']): event is { $case: 'prompt'; value: Prompt } {
  return event?.$case === 'prompt';
}

function answer(promptId: string, secret: string | undefined): Promise<unknown> {
  return world.helper.client.unary(ConnectionServiceService.answerPrompt, {
    promptId,
    answer: secret === undefined ? undefined : { $case: 'secret', value: secret },
  });
}
