import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { generateSshKeyPair } from '../../embedded-gitpod/ssh-wire/keyPair.ts';
import { authorizedKey } from './support/authorizedKey.ts';
import { RpcClient } from './support/rpcClient.ts';

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;
let workspace: EmbeddedWorkspace;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start();
  user = gitpod.addUser({ name: 'ada' });
  workspace = gitpod.addWorkspace(user, { repository: 'parcel-demo' });
});

afterAll(async () => {
  await gitpod[Symbol.asyncDispose]();
});

describe('the upgrade', () => {
  test('no subprotocol and no compression, even when asked for', async () => {
    await using client = await connect(user.personalAccessToken, { perMessageDeflate: true });
    expect(client.extensions).toBe('');
  });

  test.each([
    ['no token', {}, 401, 'missing Bearer token'],
    ['an unknown token', { authorization: `Bearer ${'0'.repeat(60)}` }, 401, 'invalid Bearer token'],
    ['a forged token', { authorization: 'Bearer gitpod_pat_AAAA.BBBB' }, 401, 'Invalid personal access token'],
  ])('%s', async (_name, headers, status, body) => {
    expect(await RpcClient.refusal(gitpod, { headers })).toEqual({ status, body });
  });

  test('a personal access token that was signed here but is not stored', async () => {
    const token = user.createPersonalAccessToken(['function:*']);
    user.revokeToken(token);
    const refusal = await RpcClient.refusal(gitpod, { headers: bearer(token) });
    expect(refusal).toEqual({ status: 401, body: 'Invalid personal access token' });
  });

  test('a query string breaks Bearer authentication', async () => {
    const refusal = await RpcClient.refusal(gitpod, { path: '/api/v1?x=1', headers: bearer(user.personalAccessToken) });
    expect(refusal.status).toBe(401);
  });

  test.each(['https://elsewhere.test', 'https://a.gitpod.test', 'null'])('Origin %s is refused', async (origin) => {
    const headers = { ...bearer(user.personalAccessToken), origin };
    expect((await RpcClient.refusal(gitpod, { headers })).status).toBe(403);
  });

  test.each(['https://gitpod.test', 'https://gitpod.test/', 'https://gitpod.test:1'])(
    'Origin %s is taken',
    async (origin) => {
      await using client = await connect(user.personalAccessToken, { headers: { origin } });
      expect(await client.call('getGitpodTokenScopes', [''])).toEqual({ result: [] });
    },
  );

  test('the fault switch answers instead', async () => {
    gitpod.faults.apiUpgradeStatus = 502;
    try {
      expect((await RpcClient.refusal(gitpod, { headers: bearer(user.personalAccessToken) })).status).toBe(502);
    } finally {
      gitpod.faults.apiUpgradeStatus = undefined;
    }
  });

  test('is on record with the user, and without the token', async () => {
    await using _client = await connect(user.personalAccessToken, { headers: { 'user-agent': 'the-helper/1' } });
    expect(gitpod.events).toContainEqual({ kind: 'api-connect', user: 'ada', status: 101, userAgent: 'the-helper/1' });
    expect(JSON.stringify(gitpod.events)).not.toContain(user.personalAccessToken);
  });
});

describe('framing', () => {
  test('string and number ids come back as they were', async () => {
    await using client = await connect();
    for (const id of ['1', 'abc', 0, 17]) {
      client.send({ jsonrpc: '2.0', id, method: 'getGitpodTokenScopes', params: 'x' });
      expect(await client.messages.next()).toEqual({ jsonrpc: '2.0', id, result: [] });
    }
  });

  test.each<readonly [string, unknown]>([
    ['a bare value', 'ID'],
    ['an array', ['ID']],
  ])('one argument as %s', async (_name, params) => {
    await using client = await connect();
    const { result } = await client.call(
      'getWorkspace',
      JSON.parse(JSON.stringify(params).replace('ID', workspace.id)),
    );
    expect(result).toMatchObject({ workspace: { id: workspace.id } });
  });

  test.each([[{ limit: 1 }], [[{ limit: 1 }]], [null], [[]], [undefined]])('options as %j', async (params) => {
    await using client = await connect();
    const { result } = await client.call('getWorkspaces', params);
    expect(result).toEqual(expect.arrayContaining([expect.anything()]));
  });

  test('binary frames are read like text', async () => {
    await using client = await connect();
    client.sendRaw(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"getLoggedInUser"}'));
    expect(await client.messages.next()).toMatchObject({ id: 1, result: { id: user.id, name: 'ada' } });
  });

  test('notifications, batches and rubbish are passed over', async () => {
    await using client = await connect();
    client.send({ jsonrpc: '2.0', method: 'getWorkspaces' });
    client.send([{ jsonrpc: '2.0', id: 1, method: 'getWorkspaces' }]);
    client.sendRaw(Buffer.from('not json'));
    client.send({ jsonrpc: '2.0', id: 2, method: 'getSSHPublicKeys' });
    expect(await client.messages.next()).toMatchObject({ id: 2 });
    expect(gitpod.events).toContainEqual({ kind: 'rpc-notification', user: 'ada', method: 'getWorkspaces' });
  });
});

describe('who may call what', () => {
  test('an unknown method', async () => {
    await using client = await connect();
    expect(await client.call('noSuchMethod', [])).toEqual({
      error: { code: 400, message: "Unknown method 'noSuchMethod'" },
    });
  });

  test('a method outside the scopes', async () => {
    const token = user.createToken(['function:getWorkspace', 'resource:default']);
    await using client = await connect(token);
    expect((await client.call('getWorkspace', [workspace.id])).error).toBeUndefined();
    expect(await client.call('getOwnerToken', [workspace.id])).toEqual({
      error: { code: 403, message: 'Request getOwnerToken is not allowed' },
    });
    expect((await client.call('noSuchMethod', [])).error?.code).toBe(400);
  });

  test.each([[[]], [['function:*', 'function:getWorkspace']]])('scopes %j allow no owner token', async (scopes) => {
    await using client = await connect(user.createToken(scopes));
    expect((await client.call('getOwnerToken', [workspace.id])).error?.code).toBe(403);
  });

  test('the scopes of an OAuth token are told by its hash', async () => {
    const scopes = ['function:getGitpodTokenScopes', 'resource:default'];
    const token = user.createToken(scopes);
    expect(token).toMatch(/^[0-9a-f]{60}$/);
    await using client = await connect(token);
    const hash = createHash('sha256').update(token).digest('hex');
    expect(await client.call('getGitpodTokenScopes', [hash])).toEqual({ result: scopes });
  });

  test('the 201st call in a minute is one too many, whatever it is and whoever connects', async () => {
    const busy = gitpod.addUser({ name: 'busy' });
    await using first = await connect(busy.personalAccessToken);
    for (let i = 0; i < 200; i++) expect((await first.call('noSuchMethod', [])).error?.code).toBe(400);
    await using second = await connect(busy.personalAccessToken);
    const { error } = await second.call('noSuchMethod', []);
    expect(error).toMatchObject({ code: 429, message: 'too many requests', data: { method: 'noSuchMethod' } });
    expect(error?.data).toMatchObject({ retryAfter: expect.toSatisfy((seconds) => seconds > 50 && seconds <= 60) });
  });

  test('the fault switch makes a method fail', async () => {
    gitpod.faults.rpcErrors.set('getOwnerToken', { code: 470, message: 'blocked', data: { x: 1 } });
    try {
      await using client = await connect();
      const { error } = await client.call('getOwnerToken', [workspace.id]);
      expect(error).toEqual({ code: 470, message: 'blocked', data: { x: 1 } });
    } finally {
      gitpod.faults.rpcErrors.clear();
    }
  });
});

describe('workspaces', () => {
  test('the list is not censored, one workspace is', async () => {
    await using client = await connect();
    const { result: list } = await client.call('getWorkspaces', { searchString: workspace.id });
    expect(list).toMatchObject([
      {
        workspace: { id: workspace.id, ownerId: user.id, type: 'regular' },
        latestInstance: { ideUrl: workspace.ideUrl, status: { phase: 'running', ownerToken: workspace.ownerToken } },
      },
    ]);
    const { result: one } = await client.call('getWorkspace', [workspace.id]);
    expect(one).toMatchObject({ latestInstance: { id: workspace.instanceId, status: { phase: 'running' } } });
    expect(JSON.stringify(one)).not.toMatch(/ownerToken|nodeName|workspaceImage/);
  });

  test('running ones come first, then the newest, twenty unless told', async () => {
    const owner = gitpod.addUser({ name: 'collector' });
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
    for (let i = 0; i < 25; i++) {
      gitpod.addWorkspace(owner, { phase: i === 3 ? 'running' : 'stopped', creationTime: at(i), pinned: i === 5 });
    }
    await using client = await connect(owner.personalAccessToken);
    const times = async (params: unknown) => {
      const list = (await client.call('getWorkspaces', params)).result as { workspace: { creationTime: string } }[];
      return list.map((entry) => entry.workspace.creationTime);
    };
    const newestFirst = [...Array(25).keys()].reverse().filter((i) => i !== 3);
    expect(await times(null)).toEqual([3, ...newestFirst].slice(0, 20).map(at));
    expect(await times({ limit: 30 })).toHaveLength(25);
    expect(await times({ pinnedOnly: true })).toEqual([at(5)]);
  });

  test('the owner token, and when there is none', async () => {
    const answer = async (options: Parameters<EmbeddedGitpod['addWorkspace']>[1]) => {
      const { id } = gitpod.addWorkspace(user, options);
      return (await client.call('getOwnerToken', [id])).error;
    };
    await using client = await connect();
    expect(await client.call('getOwnerToken', [workspace.id])).toEqual({ result: workspace.ownerToken });
    expect(workspace.ownerToken).toMatch(/^[0-9A-Za-z_.-]{32}$/);
    expect(await answer({ phase: 'stopped' })).toBeUndefined();
    expect(await answer({ phase: 'preparing' })).toEqual({ code: 404, message: 'owner token not found' });
    expect(await answer({ neverStarted: true })).toEqual({ code: 404, message: 'No workspace instance found.' });
  });

  test('an unknown workspace and another user’s look the same', async () => {
    const others = gitpod.addWorkspace(gitpod.addUser({ name: 'ben' }));
    await using client = await connect();
    for (const id of [others.id, 'foo-bar-cccccccc99', null]) {
      const expected = { error: { code: 404, message: 'Workspace not found.' } };
      expect(await client.call('getWorkspace', [id])).toEqual(expected);
      expect(await client.call('getOwnerToken', [id])).toEqual(expected);
    }
  });

  test('a change of phase is pushed to every connection of the owner and to nobody else', async () => {
    const moving = gitpod.addWorkspace(user, { phase: 'preparing' });
    const ben = gitpod.addUser({ name: 'ben' });
    const bens = gitpod.addWorkspace(ben);
    await using first = await connect();
    await using second = await connect();
    await using other = await connect(ben.personalAccessToken);
    moving.phase = 'running';
    bens.phase = 'stopping';
    for (const client of [first, second]) {
      const message = await client.messages.next();
      expect(message).toMatchObject({
        method: 'onInstanceUpdate',
        params: { workspaceId: moving.id, ideUrl: moving.ideUrl, status: { phase: 'running' } },
      });
      expect(message).not.toHaveProperty('id');
      expect(JSON.stringify(message)).not.toContain(moving.ownerToken);
    }
    expect(await other.messages.next()).toMatchObject({ params: { workspaceId: bens.id } });
  });

  test('no ideUrl before there is a pod', async () => {
    const { id } = gitpod.addWorkspace(user, { phase: 'preparing' });
    await using client = await connect();
    expect((await client.call('getWorkspace', [id])).result).toMatchObject({ latestInstance: { ideUrl: '' } });
  });
});

describe('SSH keys', () => {
  test('are registered, listed and refused a second time', async () => {
    const owner = gitpod.addUser({ name: 'keys' });
    await using client = await connect(owner.personalAccessToken);
    const key = authorizedKey(await generateSshKeyPair('ed25519'));
    const { result } = await client.call('addSSHPublicKey', [{ name: 'laptop', key }]);
    const blob = Buffer.from(key.split(' ')[1] ?? '', 'base64');
    const fingerprint = createHash('sha256').update(blob).digest('base64');
    expect(result).toEqual({
      id: expect.any(String),
      name: 'laptop',
      key,
      fingerprint,
      creationTime: expect.any(String),
    });
    expect(await client.call('getSSHPublicKeys', null)).toEqual({ result: [result] });
    expect(await client.call('addSSHPublicKey', [{ name: 'again', key }])).toEqual({
      error: { code: 500, message: expect.stringContaining('Key already in use') },
    });
  });

  test.each(['', 'rubbish', 'ssh-dss AAAAB3NzaC1kc3M=', 'ssh-ed25519 AAAAB3NzaC1yc2E='])(
    '%j is no key',
    async (key) => {
      await using client = await connect();
      expect((await client.call('addSSHPublicKey', [{ name: 'x', key }])).error?.code).toBe(500);
    },
  );

  test('the limit of five is only noticed at the seventh', async () => {
    const owner = gitpod.addUser({ name: 'many' });
    await using client = await connect(owner.personalAccessToken);
    const codes: unknown[] = [];
    for (let i = 0; i < 7; i++) {
      const key = authorizedKey(await generateSshKeyPair('ed25519'));
      codes.push((await client.call('addSSHPublicKey', [{ name: `key ${i}`, key }])).error?.code);
    }
    expect(codes).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, 500]);
  });
});

describe('pings', () => {
  test('a client that does not answer is cut off, one that does stays', async () => {
    await using quick = await EmbeddedGitpod.start({ pingIntervalMs: 30 });
    const { personalAccessToken: token } = quick.addUser({ name: 'ada' });
    await using answering = await RpcClient.connect(quick, token);
    await using silent = await RpcClient.connect(quick, token, { autoPong: false });
    expect(await silent.closed).toBe(1006);
    expect(await answering.call('getSSHPublicKeys', [])).toEqual({ result: [] });
  });

  test('all connections can be cut', async () => {
    await using client = await connect();
    gitpod.dropApiConnections();
    expect(await client.closed).toBe(1006);
  });
});

function connect(token = user.personalAccessToken, options = {}): Promise<RpcClient> {
  return RpcClient.connect(gitpod, token, options);
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
