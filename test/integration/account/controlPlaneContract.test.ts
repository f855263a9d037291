import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Account } from '../../../helper/account/account.ts';
import type { ControlPlane } from '../../../helper/account/controlPlane.ts';
import { parseInstallation } from '../../../helper/account/installation.ts';
import { JsonRpcControlPlane } from '../../../helper/account/jsonRpc/jsonRpcControlPlane.ts';
import { PublicApiControlPlane } from '../../../helper/account/publicApi/publicApiControlPlane.ts';
import type { WorkspaceInstanceRecord } from '../../../helper/account/records.ts';
import type { Network } from '../../../helper/platform/network/network.ts';
import { Secret } from '../../../helper/platform/secret.ts';
import { EmbeddedGitpod, type EmbeddedUser } from '../../embedded-gitpod/embeddedGitpod.ts';
import { networkTo } from '../../support/networkTo.ts';

const { signal } = new AbortController();
const missing = 'amber-otter-00000000000';

describe.each([
  ['over the WebSocket', (account: Account, network: Network) => new JsonRpcControlPlane(account, network)],
  ['by the public API', (account: Account, network: Network) => new PublicApiControlPlane(account, network)],
])('the control plane %s', (_, make) => {
  let gitpod: EmbeddedGitpod;
  let user: EmbeddedUser;
  let network: Network;
  let account: Account;
  let controlPlane: ControlPlane;

  beforeEach(() => begin());
  afterEach(() => end());

  async function begin(callsPerMinute = 200): Promise<void> {
    gitpod = await EmbeddedGitpod.start({ callsPerMinute });
    user = gitpod.addUser({ name: 'ada' });
    network = networkTo(gitpod);
    const nobody = { canSignIn: () => false, onChange: () => undefined, onConnectionLost: () => undefined };
    account = new Account(parseInstallation(gitpod.host), nobody);
    account.setToken(new Secret(user.personalAccessToken));
    controlPlane = make(account, network);
  }

  async function end(): Promise<void> {
    await controlPlane[Symbol.asyncDispose]();
    network[Symbol.dispose]();
    await gitpod[Symbol.asyncDispose]();
  }

  test('tells who one is', async () => {
    expect(await controlPlane.getUser(signal)).toMatchObject({ id: user.id, name: 'ada' });
    expect(account.snapshot.state).toBe('SIGNED_IN');
  });

  test('lists workspaces without their owner tokens, and reads one', async () => {
    const workspace = gitpod.addWorkspace(user, { repository: 'parcel-demo', branch: 'dev', editor: 'goland' });
    const list = await controlPlane.listWorkspaces(10, signal);
    expect(list).toMatchObject([
      {
        id: workspace.id,
        repository: 'example/parcel-demo',
        branch: 'dev',
        organizationId: user.organizationId,
        pinned: false,
        instance: {
          id: workspace.instanceId,
          phase: 'running',
          ideUrl: workspace.ideUrl,
          workspaceClass: 'g1-standard',
          editor: 'goland',
        },
      },
    ]);
    expect(JSON.stringify(list)).not.toContain(workspace.ownerToken);
    expect(await controlPlane.getWorkspace(workspace.id, signal)).toEqual(list[0]);
  });

  test('lists what is pinned', async () => {
    gitpod.addWorkspace(user);
    const pinned = gitpod.addWorkspace(user, { pinned: true });
    expect(await controlPlane.listPinnedWorkspaces(signal)).toMatchObject([{ id: pinned.id, pinned: true }]);
  });

  test('knows a workspace that was never started', async () => {
    const { id } = gitpod.addWorkspace(user, { neverStarted: true, phase: 'stopped' });
    expect((await controlPlane.getWorkspace(id, signal)).instance).toBeUndefined();
  });

  test('gives the owner token', async () => {
    const workspace = gitpod.addWorkspace(user);
    expect((await controlPlane.getOwnerToken(workspace.id, signal)).reveal()).toBe(workspace.ownerToken);
  });

  test('starts, stops and deletes', async () => {
    const workspace = gitpod.addWorkspace(user, { phase: 'stopped' });
    await controlPlane.startWorkspace(workspace.id, signal);
    await expect.poll(() => workspace.phase, { timeout: 10_000 }).toBe('running');
    await controlPlane.stopWorkspace(workspace.id, signal);
    await expect.poll(() => workspace.phase, { timeout: 10_000 }).toBe('stopped');
    await controlPlane.deleteWorkspace(workspace.id, signal);
    expect(await controlPlane.listWorkspaces(10, signal)).toEqual([]);
  });

  test('creates from a context URL, in an organization of the user’s, with class and IDE', async () => {
    const [organization] = await controlPlane.listOrganizations(signal);
    expect(organization).toMatchObject({ id: user.organizationId, name: "ada's organization" });
    const workspaceClass = (await controlPlane.listWorkspaceClasses(signal)).find(({ isDefault }) => !isDefault);
    const id = await controlPlane.createWorkspace(
      {
        contextUrl: 'https://github.com/example/new-one',
        organizationId: organization?.id ?? '',
        workspaceClass: workspaceClass?.id ?? '',
        editor: 'intellij',
      },
      signal,
    );
    expect(await controlPlane.getWorkspace(id, signal)).toMatchObject({
      repository: 'example/new-one',
      instance: { workspaceClass: 'g1-large', editor: 'intellij' },
    });
  });

  test('registers keys, refuses one twice, and lists them', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy';
    await controlPlane.addPublicKey('laptop', key, signal);
    expect(await controlPlane.listPublicKeys(signal)).toMatchObject([{ name: 'laptop', key }]);
    await expect(controlPlane.addPublicKey('again', key, signal)).rejects.toMatchObject({
      code: 'KEY_REGISTRATION_REFUSED',
    });
  });

  test('takes heartbeats', async () => {
    const { id, instanceId } = gitpod.addWorkspace(user);
    await controlPlane.sendHeartbeat({ workspaceId: id, instanceId }, 'active', signal);
    await controlPlane.sendHeartbeat({ workspaceId: id, instanceId }, 'closed', signal);
  });

  test.each(['getWorkspace', 'getOwnerToken', 'startWorkspace', 'stopWorkspace', 'deleteWorkspace'] as const)(
    '%s of a workspace that is not there says so',
    async (method) => {
      await expect(controlPlane[method](missing, signal)).rejects.toMatchObject({
        code: 'WORKSPACE_NOT_FOUND',
        details: { workspace_id: missing },
      });
    },
  );

  test('says what is wrong with a context URL', async () => {
    const creation = { organizationId: user.organizationId, workspaceClass: '', editor: '' };
    const creating = controlPlane.createWorkspace({ ...creation, contextUrl: 'https://elsewhere.test/x' }, signal);
    await expect(creating).rejects.toMatchObject({ code: 'CONTEXT_URL_INVALID' });
  });

  test('a token that is not accepted wants a sign-in', async () => {
    account.setToken(new Secret('0'.repeat(60)));
    await expect(controlPlane.getUser(signal)).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' });
    expect(account.snapshot.state).toBe('EXPIRED');
  });

  test('a rate limit tells how long to wait', async () => {
    await end();
    await begin(1);
    await controlPlane.getUser(signal);
    await expect(controlPlane.getUser(signal)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      details: { retry_after_seconds: expect.stringMatching(/^[1-9]\d?$/) },
    });
  });

  test('tells of changes as they are pushed, and of a gap when the connection is lost', async () => {
    const workspace = gitpod.addWorkspace(user, { editor: 'goland' });
    await controlPlane.getWorkspace(workspace.id, signal);
    const told: WorkspaceInstanceRecord[] = [];
    let gaps = 0;
    using _watching = controlPlane.watchWorkspaces({
      onInstance: (workspaceId, instance) => {
        if (workspaceId === workspace.id) told.push(instance);
      },
      onGap: () => {
        gaps += 1;
      },
    });
    await expect.poll(() => watched(), { timeout: 10_000 }).toBe(true);
    workspace.phase = 'stopping';
    await expect.poll(() => told.at(-1), { timeout: 10_000 }).toMatchObject({ phase: 'stopping', editor: 'goland' });
    gitpod.dropApiConnections();
    await expect.poll(() => gaps, { timeout: 10_000 }).toBeGreaterThan(0);
  });

  /** Whether pushes reach this client by now. */
  function watched(): boolean {
    return gitpod.events.some(
      (event) =>
        (event.kind === 'public-api' && event.method.endsWith('/WatchWorkspaceStatus')) ||
        (event.kind === 'api-connect' && event.status === 101),
    );
  }

  test('ends a call with its signal', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await expect(controlPlane.getUser(abort.signal)).rejects.toThrow('enough');
  });
});
