import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionMethod } from '../../helper/gen/gitpod/helper/v1/common.ts';
import {
  ConnectionServiceService,
  ConnectPhase,
  type ConnectResponse,
  type PhaseChanged,
} from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { type Failure, FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService, type Overrides } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { closedPort } from '../support/closedPort.ts';
import { connectRequest } from '../support/connectRequest.ts';
import { initializeRequest } from '../support/initialize.ts';
import { join } from '../support/thinClient.ts';
import { failureOf, makeWorld, nextEvent, untilReady, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld({ gitpod: { supervisorTimeoutMs: 100 } });
});
afterEach(async () => {
  await expectNothingLeft(world);
  await world[Symbol.asyncDispose]();
});

/** Each failure is one sentence a person understands, with something that can be done about it. */
function expectFailure(failure: Failure, code: FailureCode, message: RegExp): void {
  expect(nameOf(failure.code)).toBe(nameOf(code));
  expect(failure.message).toMatch(message);
  expect(failure.message).toMatch(/[.]$/);
  expect(failure.remedies.length).toBeGreaterThan(0);
  for (const { text } of failure.remedies) expect(text).not.toBe('');
}

describe('the workspace', () => {
  test.each(['', 'nonsense', '../etc/passwd', 'UPPER-case-ab12cd34ef5', 'a-b-c', '%0a', `${'x'.repeat(500)}`])(
    'has no such id: %j',
    async (workspaceId) => {
      await world.initialize();
      const request = connectRequest(world.gitpod.host, workspaceId);
      const call = world.helper.client.stream(ConnectionServiceService.connect, request);
      const error = await failureOfCall(call);
      expectFailure(error, FailureCode.WORKSPACE_ID_INVALID, /is not a workspace id/);
    },
  );

  test('is not there', async () => {
    await world.initialize();
    const request = connectRequest(world.gitpod.host, 'amber-otter-00000000000');
    const failure = await failureOf(world.helper.client.stream(ConnectionServiceService.connect, request));
    expectFailure(failure, FailureCode.WORKSPACE_NOT_FOUND, /no workspace amber-otter-00000000000/);
  });

  test('is stopped', async () => {
    world.workspace.phase = 'stopped';
    await world.initialize();
    expectFailure(await failureWithoutConsent(world.connect()), FailureCode.WORKSPACE_STOPPED, /is stopped/);
    expect(sshAuthentications(world)).toBe(0);
  });

  test('is going down', async () => {
    world.workspace.phase = 'stopping';
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.WORKSPACE_STOPPED, /is stopping/);
  });

  test('is found to be starting again after it was planned for', async () => {
    world.gitpod.faults.denySsh = true;
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    for (let planned = false; !planned; ) planned = (await events.next()).value?.event?.$case === 'plan';
    world.workspace.phase = 'initializing';
    const failure = await failureOf({ [Symbol.asyncIterator]: () => events });
    expectFailure(failure, FailureCode.WORKSPACE_STARTING, /not running yet/);
  });

  test('was never started', async () => {
    const never = world.gitpod.addWorkspace(world.user, { neverStarted: true });
    await world.initialize();
    const request = connectRequest(world.gitpod.host, never.id);
    const call = world.helper.client.stream(ConnectionServiceService.connect, request);
    expectFailure(await failureWithoutConsent(call), FailureCode.WORKSPACE_NEVER_STARTED, /never started/);
  });
});

describe('the installation', () => {
  test('does not accept the token', async () => {
    await initializeWith(world, 'gitpod_pat_wrong.token', {});
    expectFailure(await failureOf(world.connect()), FailureCode.SIGN_IN_REQUIRED, /does not accept the token/);
  });

  test('was given a token with too few scopes', async () => {
    await initializeWith(world, world.user.createToken(['function:getWorkspaces', 'resource:default']), {});
    expectFailure(await failureOf(world.connect()), FailureCode.SCOPE_MISSING, /does not permit getWorkspace/);
  });

  test('was given a token that may not read SSH keys: the owner token still works, and the plan says why', async () => {
    await world.registerKey();
    const scopes = ['function:getWorkspace', 'function:getOwnerToken', 'resource:default'];
    await initializeWith(world, world.user.createToken(scopes), {});
    const events = world.connect()[Symbol.asyncIterator]();
    const ready = await untilReady(events);
    expect(ready.method).toBe(ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN);
    await events.return(undefined);
  });

  test('has no credential', async () => {
    await world.initialize();
    const request = connectRequest('elsewhere.test', world.workspace.id);
    const failure = await failureOf(world.helper.client.stream(ConnectionServiceService.connect, request));
    expectFailure(failure, FailureCode.SIGN_IN_REQUIRED, /elsewhere\.test wants you to sign in/);
  });

  test('cannot be reached', async () => {
    const port = await closedPort();
    const request = initializeRequest(world.gitpod, 'a-token', world.home.path);
    const host = `gitpod.test:${port}`;
    await world.helper.client.unary(HelperServiceService.initialize, {
      ...request,
      credentials: [{ host, token: 'a-token' }],
    });
    const call = world.helper.client.stream(ConnectionServiceService.connect, connectRequest(host, world.workspace.id));
    expectFailure(await failureOf(call), FailureCode.HOST_UNREACHABLE, /the connection was refused/);
  });

  test('has a name that does not resolve', async () => {
    const request = initializeRequest(world.gitpod, 'a-token', world.home.path, { resolve: [] });
    const host = 'gitpod.invalid';
    await world.helper.client.unary(HelperServiceService.initialize, {
      ...request,
      credentials: [{ host, token: 'a-token' }],
    });
    const call = world.helper.client.stream(ConnectionServiceService.connect, connectRequest(host, world.workspace.id));
    expectFailure(await failureOf(call), FailureCode.HOST_NOT_FOUND, /cannot be resolved/);
  });

  test('is not trusted by TLS', async () => {
    await world.initialize({ caFile: '' });
    expectFailure(await failureOf(world.connect()), FailureCode.TLS_UNTRUSTED, /certificate .* is not trusted/);
  });

  test('limits the rate', async () => {
    world.gitpod.faults.rpcErrors.set('getWorkspace', {
      code: 429,
      message: 'too many requests',
      data: { method: 'getWorkspace', retryAfter: 7 },
    });
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.RATE_LIMITED, /no more calls for 7 s/);
  });

  test('fails inside', async () => {
    world.gitpod.faults.rpcErrors.set('getWorkspace', { code: 500, message: 'Error: database at 10.0.0.1 is down' });
    await world.initialize();
    const failure = await failureOf(world.connect());
    expectFailure(failure, FailureCode.INSTALLATION_ERROR, /could not do getWorkspace/);
    expect(JSON.stringify(failure)).not.toContain('10.0.0.1');
  });
});

describe('host keys', () => {
  test('show a key that is not listed: nothing is sent, and no other method is tried', async () => {
    world.gitpod.faults.presentedHostKeyNotListed = true;
    await world.registerKey();
    await world.initialize();
    const failure = await failureOf(world.connect());
    expectFailure(failure, FailureCode.HOST_KEY_MISMATCH, /SHA256:\S+, which is not one of those/);
    expect(failure.details['trusted']).toContain('SHA256:');
    expect(sshAuthentications(world)).toBe(0);
  });

  test.each([
    ['is not JSON', { status: 200, contentType: 'text/html', body: '<html>' }, /not a list of host keys/],
    ['is JSON of another shape', { status: 200, body: '{"keys":[]}' }, /not a list of host keys/],
    ['has a key that is none', { status: 200, body: '[{"type":"ssh-rsa","host_key":"AAAA"}]' }, /not a list/],
    ['is empty', { status: 200, body: '[]' }, /the list is empty/],
    ['is refused', { status: 404, body: '' }, /HTTP 404/],
    ['is redirected, which is not followed', { status: 302, body: '' }, /HTTP 302/],
    ['fails', { status: 502, body: '' }, /HTTP 502/],
  ])('cannot be had: the answer %s', async (_, hostKeysResponse, message) => {
    world.gitpod.faults.hostKeysResponse = hostKeysResponse;
    world.gitpod.faults.supervisorDown = true; // nor is there the Local Companion's way
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.HOST_KEYS_UNAVAILABLE, message);
    expect(sshAuthentications(world)).toBe(0);
  });
});

describe('SSH', () => {
  test('is refused on its port, for a person who wants to go by key only', async () => {
    await world.registerKey();
    await world.initialize({ sshPort: await closedPort() });
    const failure = await failureOf(world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY }));
    expectFailure(failure, FailureCode.PORT_22_BLOCKED, /the connection was refused/);
  });

  test('port answers with something else', async () => {
    const server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const sshPort = typeof address === 'object' && address !== null ? address.port : 0;
    await world.registerKey();
    await world.initialize({ sshPort });
    const failure = await failureOf(world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY }));
    expectFailure(failure, FailureCode.SSH_PROTOCOL_ERROR, /does not speak SSH/);
    server.close();
    await once(server, 'close');
  });

  test('port is blocked, and the WebSockets are refused as well', async () => {
    world.gitpod.faults.tunnelUpgradeStatus = 502;
    world.gitpod.faults.supervisorDown = true;
    await world.initialize({ sshPort: await closedPort() });
    expectFailure(await failureOf(world.connect()), FailureCode.TUNNEL_REFUSED, /HTTP 502/);
  });

  test('port is blocked, and behind the WebSocket the workspace’s SSH server is down', async () => {
    world.workspace.upstream = 'down';
    await world.initialize({ sshPort: await closedPort() });
    expectFailure(await failureOf(world.connect()), FailureCode.WORKSPACE_SSH_DOWN, /SSH server of .* is down/);
  });

  test('is wanted by key, and the registered keys cannot be read', async () => {
    await world.initialize();
    world.gitpod.faults.rpcErrors.set('getSSHPublicKeys', { code: 500, message: 'out of order' });
    const failure = await failureOf(world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY }));
    expectFailure(failure, FailureCode.INSTALLATION_ERROR, /could not do getSSHPublicKeys/);
  });

  test('is wanted by key, and no key matches', async () => {
    await world.initialize();
    const failure = await failureOf(world.connect({ method: ConnectionMethod.SSH_GATEWAY_KEY }));
    expectFailure(failure, FailureCode.NO_MATCHING_KEY, /None of the keys on this machine is registered/);
    expect(failure.remedies[0]?.url).toBe(`https://${world.gitpod.host}/keys`);
  });

  test('has no method for a person who wants the Local Companion and another method', async () => {
    await world.initialize();
    const request = { useLocalApp: true, method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN };
    const failure = await failureOf(world.connect(request));
    expectFailure(failure, FailureCode.NO_USABLE_METHOD, /no way into/);
  });

  test('lets us in, then closes: the workspace’s SSH server is down', async () => {
    world.workspace.upstream = 'down';
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.WORKSPACE_SSH_DOWN, /SSH server of .* is down/);
  });

  test('lets us in, and closes after a while: its supervisor hangs', async () => {
    world.workspace.upstream = 'hang';
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.WORKSPACE_SSH_DOWN, /SSH server of .* is down/);
  });

  test('lets us in, then falls silent: found by the deadline on the channel and by keepalives', async () => {
    world.workspace.upstream = 'silent';
    await world.initialize();
    const failure = await failureOf(world.connect());
    expectFailure(failure, FailureCode.WORKSPACE_SSH_SILENT, /does not answer/);
  });

  test('denies everything although the workspace runs', async () => {
    world.gitpod.faults.denySsh = true;
    world.gitpod.faults.supervisorDown = true;
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.SSH_ACCESS_DENIED, /denies all access/);
  });

  test('denies everything because the workspace was stopped meanwhile', async () => {
    world.gitpod.faults.denySsh = true;
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    for (let planned = false; !planned; ) planned = (await events.next()).value?.event?.$case === 'plan';
    world.workspace.phase = 'stopped';
    expectFailure(await failureOf({ [Symbol.asyncIterator]: () => events }), FailureCode.WORKSPACE_STOPPED, /is stopp/);
  });
});

describe('the IDE backend', () => {
  test('does not come up in time', async () => {
    world.workspace.backend = 'booting';
    await world.initialize();
    const failure = await failureOf(world.connect({ backendDeadlineSeconds: 1 }));
    expectFailure(failure, FailureCode.BACKEND_NOT_READY, /still not up/);
  });

  test('is not configured in the workspace', async () => {
    world.workspace.backend = 'absent';
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.BACKEND_NOT_CONFIGURED, /No JetBrains IDE/);
  });

  test('is still starting when the workspace is stopped', async () => {
    world.workspace.backend = 'booting';
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    const isWaiting = ({ value }: { value: PhaseChanged }) => value.phase === ConnectPhase.WAITING_FOR_BACKEND;
    while (!isWaiting(await nextEvent(events, 'phase')));
    await sleep(1_500); // the pauses between the questions are long by then, so that SSH ends within one
    world.workspace.stop();
    const failure = await failureOf({ [Symbol.asyncIterator]: () => events });
    expectFailure(failure, FailureCode.WORKSPACE_STOPPED, /somebody stopped it/);
  });

  test('gives a join link that is none', async () => {
    world.workspace.backend = 'malformed-link';
    await world.initialize();
    expectFailure(await failureOf(world.connect()), FailureCode.JOIN_LINK_INVALID, /cannot be used/);
  });

  test('closes every connection at once', async () => {
    world.workspace.backend = 'closes-at-once';
    await world.initialize();
    const events = world.connect()[Symbol.asyncIterator]();
    const ready = await untilReady(events);
    await expect(join(ready.joinLink)).rejects.toThrow();
    const failure = await failureOf({ [Symbol.asyncIterator]: () => events });
    expectFailure(failure, FailureCode.BACKEND_UNREACHABLE, /closes them without a word/);
  });
});

describe('this machine', () => {
  test('has the local port taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const localPort = typeof address === 'object' && address !== null ? address.port : 0;
    await world.initialize();
    expectFailure(await failureOf(world.connect({ localPort })), FailureCode.LOCAL_PORT_IN_USE, /is taken/);
    server.close();
    await once(server, 'close');
  });

  test('has an error in its OpenSSH configuration', async () => {
    world.home.write('.ssh/config', 'Host *\n  NoSuchKeyword yes\n');
    await world.initialize();
    const failure = await failureOf(world.connect());
    expectFailure(failure, FailureCode.SSH_CONFIG_INVALID, /nosuchkeyword/i);
    expect(failure.details).toMatchObject({ file: world.home.at('.ssh/config'), line: '2' });
  });
});

/** The failure of a connection to a workspace that would have to be started, when the user does not want that. */
async function failureWithoutConsent(call: AsyncIterable<ConnectResponse>): Promise<Failure> {
  const events = call[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error('the stream ended without a question');
    const event: ConnectResponse['event'] = value.event;
    if (event?.$case !== 'prompt') continue;
    const { promptId } = event.value;
    const answer = { $case: 'consent', value: false } as const;
    await world.helper.client.unary(ConnectionServiceService.answerPrompt, { promptId, answer });
    return failureOf({ [Symbol.asyncIterator]: () => events });
  }
}

async function failureOfCall(call: AsyncIterable<unknown>): Promise<Failure> {
  try {
    for await (const _ of call);
  } catch (error) {
    if (error instanceof Error && 'failure' in error && isFailure(error.failure)) return error.failure;
    throw error;
  }
  throw new Error('the call did not fail');
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'remedies' in value;
}

async function initializeWith(target: World, token: string, overrides: Partial<Overrides>): Promise<void> {
  const request = initializeRequest(target.gitpod, token, target.home.path, overrides);
  await target.helper.client.unary(HelperServiceService.initialize, request);
}

/** After a failure the helper still serves, and holds nothing of the failed connection. */
async function expectNothingLeft({ helper }: World): Promise<void> {
  const list = () => helper.client.unary(ConnectionServiceService.listConnections, {});
  await expect.poll(list).toEqual({ connections: [] });
}

function sshAuthentications({ gitpod }: World): number {
  return gitpod.events.filter(({ kind }) => kind === 'ssh-auth').length;
}

function nameOf(code: FailureCode): string | undefined {
  return Object.entries(FailureCode).find(([, value]) => value === code)?.[0];
}
