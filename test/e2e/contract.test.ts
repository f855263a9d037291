import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionMethod, WorkspacePhase } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { ConnectionServiceService, RouteVerdict } from '../../helper/gen/gitpod/helper/v1/connection_service.ts';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { HelperServiceService } from '../../helper/gen/gitpod/helper/v1/helper_service.ts';
import { KeyServiceService, KeySource, KeyVerdict } from '../../helper/gen/gitpod/helper/v1/key_service.ts';
import { SshConfigServiceService } from '../../helper/gen/gitpod/helper/v1/ssh_config_service.ts';
import { WorkspaceServiceService } from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { HealthService } from '../../helper/gen/grpc/health/v1/health.ts';
import { includeLine } from '../../helper/ssh/openssh/includeLine.ts';
import { connectRequest } from '../support/connectRequest.ts';
import type { Method } from '../support/grpcClient.ts';
import { initializeRequest } from '../support/initialize.ts';
import { makeWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const everything = { hosts: [], query: '', phases: [], pageSize: 0, pageToken: '' };

/** What a call is refused with: gRPC's status code and the Failure's code. */
async function refusal<Request, Response>(method: Method<Request, Response>, request: Request) {
  try {
    for await (const response of world.helper.client.stream(method, request)) return response;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'failure' in error)) throw error;
    expect(error.failure).toMatchObject({ message: error.message, remedies: expect.any(Array) });
    return { status: error.code, failure: error.failure };
  }
  return undefined;
}

describe('Initialize', () => {
  test('comes first', async () => {
    const notInitialized = { status: 9, failure: { code: FailureCode.NOT_INITIALIZED } };
    expect(await refusal(WorkspaceServiceService.listWorkspaces, everything)).toMatchObject(notInitialized);
    const request = connectRequest(world.gitpod.host, world.workspace.id);
    expect(await refusal(ConnectionServiceService.connect, request)).toMatchObject(notInitialized);
  });

  test('agrees on a protocol version, and names both sides when there is none', async () => {
    const request = initializeRequest(world.gitpod, 'token', world.home.path);
    const { client } = world.helper;
    expect(await client.unary(HelperServiceService.initialize, { ...request, maxProtocolVersion: 9 })).toMatchObject({
      helperVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      protocolVersion: 1,
      session: '',
    });
    const newer = { ...request, minProtocolVersion: 2, maxProtocolVersion: 3 };
    expect(await refusal(HelperServiceService.initialize, newer)).toMatchObject({
      status: 9,
      failure: {
        code: FailureCode.PROTOCOL_VERSION_UNSUPPORTED,
        message: 'The front end speaks protocol 2 to 3, this helper 1.',
      },
    });
  });

  test.each([
    [{ resolve: ['nonsense'] }, FailureCode.INVALID_ARGUMENT],
    [{ resolve: ['*.test=not-an-address'] }, FailureCode.INVALID_ARGUMENT],
    [{ sshPort: 70_000 }, FailureCode.INVALID_ARGUMENT],
    [{ caFile: '/nonexistent/ca.pem' }, FailureCode.FILE_UNREADABLE],
  ])('refuses %o', async (overrides, code) => {
    const request = initializeRequest(world.gitpod, 'token', world.home.path, overrides);
    expect(await refusal(HelperServiceService.initialize, request)).toMatchObject({ failure: { code } });
  });

  test.each([
    ['', /it is empty/],
    ['two\nlines', /characters that no token has/],
    ['gitpod_pat_ü.x', /characters that no token has/],
    ['x'.repeat(1_000_000), /longer than any token/],
  ])('refuses a token that is none: %.20j', async (token, message) => {
    const request = initializeRequest(world.gitpod, token, world.home.path);
    const refused = await refusal(HelperServiceService.initialize, request);
    expect(refused).toMatchObject({ failure: { code: FailureCode.INVALID_ARGUMENT } });
    expect(refused).toMatchObject({ failure: { message: expect.stringMatching(message) } });
    expect(world.helper.log).not.toContain('lines');
  });

  test('takes CA certificates as text', async () => {
    const request = initializeRequest(world.gitpod, world.user.personalAccessToken, world.home.path, { caFile: '' });
    const { client } = world.helper;
    const caCertificatesPem = [await readFile(world.gitpod.caFile, 'utf8')];
    await client.unary(HelperServiceService.initialize, { ...request, caCertificatesPem });
    const { failures } = await client.unary(WorkspaceServiceService.listWorkspaces, everything);
    expect(failures).toEqual([]);
  });
});

describe('ListWorkspaces', () => {
  test('lists with what a person needs to choose, page by page', async () => {
    const stopped = world.gitpod.addWorkspace(world.user, { repository: 'attic', branch: 'old', phase: 'stopped' });
    world.gitpod.addWorkspace(world.gitpod.addUser({ name: 'ben' }), { repository: 'elsewhere' });
    await world.initialize();
    const { client } = world.helper;
    const first = await client.unary(WorkspaceServiceService.listWorkspaces, { ...everything, pageSize: 1 });
    expect(first.workspaces).toMatchObject([
      {
        ref: { host: world.gitpod.host, workspaceId: world.workspace.id, debug: false },
        phase: WorkspacePhase.RUNNING,
        repository: 'example/parcel-demo',
        branch: 'main',
        ideUrl: world.workspace.ideUrl,
      },
    ]);
    const { nextPageToken: pageToken } = first;
    const second = await client.unary(WorkspaceServiceService.listWorkspaces, {
      ...everything,
      pageSize: 1,
      pageToken,
    });
    expect(second.workspaces.map(({ ref, phase }) => [ref?.workspaceId, phase])).toEqual([
      [stopped.id, WorkspacePhase.STOPPED],
    ]);
    expect(second.nextPageToken).toBe('');
  });

  test('searches and filters', async () => {
    const attic = world.gitpod.addWorkspace(world.user, { repository: 'attic', phase: 'stopped' });
    await world.initialize();
    const list = async (query: string, phases: WorkspacePhase[] = []) => {
      const request = { ...everything, query, phases };
      const { workspaces } = await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, request);
      return workspaces.map(({ ref }) => ref?.workspaceId);
    };
    expect(await list('ATTIC main')).toEqual([attic.id]);
    expect(await list('attic nowhere')).toEqual([]);
    expect(await list('', [WorkspacePhase.RUNNING])).toEqual([world.workspace.id]);
  });

  test('tells which installation could not be read', async () => {
    const request = initializeRequest(world.gitpod, world.user.personalAccessToken, world.home.path);
    const credentials = [...request.credentials, { host: 'gitpod.invalid', token: 'x' }];
    await world.helper.client.unary(HelperServiceService.initialize, { ...request, credentials });
    const { workspaces, failures } = await world.helper.client.unary(
      WorkspaceServiceService.listWorkspaces,
      everything,
    );
    expect(workspaces).toHaveLength(1);
    expect(failures).toMatchObject([{ host: 'gitpod.invalid', failure: { code: FailureCode.HOST_NOT_FOUND } }]);
  });

  test('refuses a page token that it did not give out', async () => {
    await world.initialize();
    const request = { ...everything, pageToken: 'second' };
    expect(await refusal(WorkspaceServiceService.listWorkspaces, request)).toMatchObject({
      status: 3,
      failure: { code: FailureCode.INVALID_ARGUMENT },
    });
  });
});

describe('ListKeys', () => {
  test('explains local and registered keys', async () => {
    await world.registerKey();
    world.user.addSshPublicKey('another machine', `ssh-ed25519 ${ed25519Blob().toString('base64')}`);
    await world.initialize();
    const keys = await world.helper.client.unary(KeyServiceService.listKeys, {
      host: world.gitpod.host,
      workspaceId: '',
    });
    expect(keys.local).toMatchObject([
      {
        source: KeySource.DEFAULT,
        path: world.keyFile,
        type: 'ssh-ed25519',
        fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/),
        verdict: KeyVerdict.USABLE,
        registeredAs: 'laptop',
      },
    ]);
    expect(keys.registered).toMatchObject([
      { name: 'laptop', verdict: KeyVerdict.USABLE },
      { name: 'another machine', verdict: KeyVerdict.NO_PRIVATE_HALF },
    ]);
    expect(keys.agent).toContain('SSH_AUTH_SOCK');
  });

  test('says what it does not know when the token may not read registered keys', async () => {
    const token = world.user.createToken(['function:getWorkspaces', 'resource:default']);
    const request = initializeRequest(world.gitpod, token, world.home.path);
    await world.helper.client.unary(HelperServiceService.initialize, request);
    const keys = await world.helper.client.unary(KeyServiceService.listKeys, {
      host: world.gitpod.host,
      workspaceId: '',
    });
    expect(keys.registeredFailure).toMatchObject({ code: FailureCode.SCOPE_MISSING });
    expect(keys.local).toMatchObject([{ verdict: KeyVerdict.NOT_KNOWN }]);
  });
});

describe('Plan', () => {
  test('judges every method and transport and dials nothing', async () => {
    await world.registerKey();
    await world.initialize();
    const workspace = { host: world.gitpod.host, workspaceId: world.workspace.id, debug: false };
    const { plan } = await world.helper.client.unary(ConnectionServiceService.plan, { workspace, useLocalApp: false });
    expect(plan?.routes.map(({ method, verdict }) => [method, verdict])).toEqual([
      [ConnectionMethod.SSH_GATEWAY_KEY, RouteVerdict.CHOSEN],
      [ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN, RouteVerdict.USABLE],
      [ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN, RouteVerdict.USABLE],
      [ConnectionMethod.SSH_GATEWAY_KEY, RouteVerdict.NOT_APPLICABLE],
      [ConnectionMethod.LOCAL_COMPANION, RouteVerdict.USABLE],
    ]);
    expect(plan?.routes[0]).toMatchObject({
      target: `${world.workspace.sshHost}:${world.gitpod.sshPort}`,
      user: world.workspace.id,
      keyFingerprint: expect.stringMatching(/^SHA256:/),
    });
    expect(world.gitpod.events.filter(({ kind }) => kind !== 'rpc' && kind !== 'api-connect')).toEqual([]);
  });

  test('of a stopped workspace rejects every route with the reason', async () => {
    world.workspace.phase = 'stopped';
    await world.initialize();
    const workspace = { host: world.gitpod.host, workspaceId: world.workspace.id, debug: false };
    const { plan } = await world.helper.client.unary(ConnectionServiceService.plan, { workspace, useLocalApp: false });
    for (const { verdict, reason } of plan?.routes ?? []) {
      expect([verdict, reason]).toEqual([RouteVerdict.REJECTED, 'The workspace is not running (stopped).']);
    }
  });
});

describe('RegisterKey', () => {
  test('registers by itself with a personal access token', async () => {
    await world.initialize();
    const { client } = world.helper;
    const { local } = await client.unary(KeyServiceService.listKeys, { host: world.gitpod.host, workspaceId: '' });
    const fingerprint = local[0]?.fingerprint ?? '';
    const events = [];
    const request = { host: world.gitpod.host, fingerprint, name: 'by the helper' };
    for await (const { event } of client.stream(KeyServiceService.registerKey, request)) events.push(event);
    expect(events).toMatchObject([
      { $case: 'registered', value: { name: 'by the helper', fingerprint, verdict: KeyVerdict.USABLE } },
    ]);
  });

  test('tells what the user has to do where the token may not, and goes on by itself', async () => {
    const token = world.user.createToken(['function:getWorkspaces', 'function:getSSHPublicKeys', 'resource:default']);
    const { client } = world.helper;
    await client.unary(HelperServiceService.initialize, initializeRequest(world.gitpod, token, world.home.path));
    const { local } = await client.unary(KeyServiceService.listKeys, { host: world.gitpod.host, workspaceId: '' });
    const request = { host: world.gitpod.host, fingerprint: local[0]?.fingerprint ?? '', name: '' };
    const cases = [];
    for await (const { event } of client.stream(KeyServiceService.registerKey, request)) {
      cases.push(event?.$case);
      if (event?.$case !== 'manual') continue;
      expect(event.value.url).toBe(`https://${world.gitpod.host}/keys`);
      await world.registerKey();
    }
    expect(cases).toEqual(['manual', 'registered']);
  });

  test('waits on while the installation is away for a moment', async () => {
    const token = world.user.createToken(['function:getWorkspaces', 'function:getSSHPublicKeys', 'resource:default']);
    const { client } = world.helper;
    await client.unary(HelperServiceService.initialize, initializeRequest(world.gitpod, token, world.home.path));
    const { local } = await client.unary(KeyServiceService.listKeys, { host: world.gitpod.host, workspaceId: '' });
    const request = { host: world.gitpod.host, fingerprint: local[0]?.fingerprint ?? '', name: '' };
    const refusals = () =>
      world.gitpod.events.filter((event) => event.kind === 'api-connect' && event.status === 503).length;
    const cases = [];
    for await (const { event } of client.stream(KeyServiceService.registerKey, request)) {
      cases.push(event?.$case);
      if (event?.$case !== 'manual') continue;
      world.gitpod.faults.apiUpgradeStatus = 503;
      world.gitpod.dropApiConnections();
      await expect.poll(refusals).toBeGreaterThan(0);
      world.gitpod.faults.apiUpgradeStatus = undefined;
      await world.registerKey();
    }
    expect(cases).toEqual(['manual', 'registered']);
  });

  test('leaves an installation that takes no more calls alone for as long as that asks for', async () => {
    const token = world.user.createToken(['function:getWorkspaces', 'function:getSSHPublicKeys', 'resource:default']);
    const { client } = world.helper;
    await client.unary(HelperServiceService.initialize, initializeRequest(world.gitpod, token, world.home.path));
    const { local } = await client.unary(KeyServiceService.listKeys, { host: world.gitpod.host, workspaceId: '' });
    const request = { host: world.gitpod.host, fingerprint: local[0]?.fingerprint ?? '', name: '' };
    const { events, faults } = world.gitpod;
    const asked = () => events.filter((event) => event.kind === 'rpc' && event.method === 'getSSHPublicKeys').length;
    for await (const { event } of client.stream(KeyServiceService.registerKey, request)) {
      if (event?.$case !== 'manual') continue;
      faults.rpcErrors.set('getSSHPublicKeys', { code: 429, message: 'too many requests', data: { retryAfter: 60 } });
      const before = asked();
      await expect.poll(asked).toBe(before + 1);
      await pause(4_000); // it looks every 2 to 3 s at first
      expect(asked()).toBe(before + 1);
      break;
    }
  });

  test('does not wait for a key that its token could never see', async () => {
    const token = world.user.createToken(['function:getWorkspaces', 'resource:default']);
    const { client } = world.helper;
    await client.unary(HelperServiceService.initialize, initializeRequest(world.gitpod, token, world.home.path));
    const { local } = await client.unary(KeyServiceService.listKeys, { host: world.gitpod.host, workspaceId: '' });
    const request = { host: world.gitpod.host, fingerprint: local[0]?.fingerprint ?? '', name: '' };
    const events = [];
    for await (const { event } of client.stream(KeyServiceService.registerKey, request)) events.push(event);
    expect(events).toMatchObject([{ $case: 'failed', value: { code: FailureCode.SCOPE_MISSING } }]);
  });

  test('says why the installation does not take the key', async () => {
    await world.initialize();
    const other = world.gitpod.addUser({ name: 'ben' });
    other.addSshPublicKey('mine', await readFile(`${world.keyFile}.pub`, 'utf8'));
    world.gitpod.faults.rpcErrors.set('addSSHPublicKey', { code: 500, message: 'Error: Key already in use' });
    const { client } = world.helper;
    const { local } = await client.unary(KeyServiceService.listKeys, { host: world.gitpod.host, workspaceId: '' });
    const request = { host: world.gitpod.host, fingerprint: local[0]?.fingerprint ?? '', name: '' };
    const events = [];
    for await (const { event } of client.stream(KeyServiceService.registerKey, request)) events.push(event);
    expect(events).toMatchObject([
      {
        $case: 'failed',
        value: { code: FailureCode.KEY_REGISTRATION_REFUSED, message: expect.stringContaining('registered already') },
      },
    ]);
  });
});

describe('SshConfigService', () => {
  test('shows, refuses to install without a token that is kept, and tells its state', async () => {
    await world.registerKey();
    await world.initialize();
    const { client } = world.helper;
    const { text, path } = await client.unary(SshConfigServiceService.preview, { hosts: [] });
    expect(text).toContain(`Host ${world.workspace.sshHost}`);
    expect(path).toContain(world.home.path);
    expect(await refusal(SshConfigServiceService.install, { hosts: [] })).toMatchObject({
      failure: { code: FailureCode.SIGN_IN_REQUIRED },
    });
    const { state } = await client.unary(SshConfigServiceService.status, {});
    expect(state).toMatchObject({ installed: false, userConfigPath: world.home.at('.ssh/config') });
  });

  test('knows the workspaces that run, whatever became of the cluster that one was stopped in', async () => {
    const gone = world.gitpod.addWorkspace(world.user, { phase: 'stopped', cluster: 'ws-gone' });
    const { host } = world.gitpod;
    const domain = host.replace(/:\d+$/, '');
    await world.initialize({ resolve: [`${domain},*.ws-eu1.${domain}=127.0.0.1`] });
    const { text } = await world.helper.client.unary(SshConfigServiceService.preview, { hosts: [] });
    expect(text).toContain(`Host ${world.workspace.sshHost}`);
    expect(text).not.toContain(gone.sshHost);
  });

  test('takes the Include out, and tells so, while the installation is away', async () => {
    await world.initialize();
    const { client } = world.helper;
    const { path } = await client.unary(SshConfigServiceService.preview, { hosts: [] });
    const before = 'Host example.test\n  User ada\n';
    const config = world.home.write('.ssh/config', `${includeLine(path)}\n${before}`);
    world.gitpod.faults.apiUpgradeStatus = 503;
    world.gitpod.dropApiConnections();
    const { state } = await client.unary(SshConfigServiceService.uninstall, {});
    expect(state).toMatchObject({ installed: false, userConfigPath: config, conflicts: [] });
    expect(readFileSync(config, 'utf8')).toBe(before);
  });
});

describe('a call', () => {
  test('that this version does not know, of a newer contract, is UNIMPLEMENTED', async () => {
    const unknown = { ...HelperServiceService.shutdown, path: '/gitpod.helper.v1.HelperService/Later' };
    await expect(world.helper.client.unary(unknown, {})).rejects.toMatchObject({ code: 12 });
  });

  test('over the size limit is refused with a remedy, and the connection stays usable', async () => {
    await world.initialize();
    const request = { ...everything, query: 'x'.repeat(17 * 1024 * 1024) };
    expect(await refusal(WorkspaceServiceService.listWorkspaces, request)).toMatchObject({
      status: 8,
      failure: { code: FailureCode.MESSAGE_TOO_LARGE, remedies: [{ text: expect.stringContaining('smaller page') }] },
    });
    expect(await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, everything)).toBeDefined();
  });

  test('that cannot be decoded is INVALID_ARGUMENT', async () => {
    const garbled = { ...WorkspaceServiceService.listWorkspaces, requestSerialize: () => Buffer.of(0xff, 0xff, 0xff) };
    expect(await refusal(garbled, everything)).toMatchObject({
      status: 3,
      failure: { code: FailureCode.INVALID_ARGUMENT },
    });
  });

  test('for a connection that is not there says so', async () => {
    await world.initialize();
    expect(await refusal(ConnectionServiceService.disconnect, { connectionId: 'nothing' })).toMatchObject({
      status: 5,
      failure: { code: FailureCode.CONNECTION_NOT_FOUND },
    });
  });
});

describe('grpc.health.v1', () => {
  test('serves before Initialize', async () => {
    const { client } = world.helper;
    expect(await client.unary(HealthService.check, { service: '' })).toEqual({ status: 1 });
    const service = 'gitpod.helper.v1.ConnectionService';
    expect(await client.unary(HealthService.check, { service })).toEqual({ status: 1 });
    await expect(client.unary(HealthService.check, { service: 'none.such' })).rejects.toMatchObject({ code: 5 });
  });
});

/** The blob of a key that nobody has the private half of. */
function ed25519Blob(): Buffer {
  const string = (content: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, content]);
  };
  return Buffer.concat([string(Buffer.from('ssh-ed25519')), string(randomBytes(32))]);
}
