import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Account } from '../../../helper/account/account.ts';
import { parseInstallation } from '../../../helper/account/installation.ts';
import { JsonRpcControlPlane } from '../../../helper/account/jsonRpc/jsonRpcControlPlane.ts';
import type { Network } from '../../../helper/platform/network/network.ts';
import { Secret } from '../../../helper/platform/secret.ts';
import { EmbeddedGitpod, type EmbeddedUser } from '../../embedded-gitpod/embeddedGitpod.ts';
import { networkTo } from '../../support/networkTo.ts';

const { signal } = new AbortController();
let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;
let network: Network;
let controlPlane: JsonRpcControlPlane;
let account: Account;

beforeEach(async () => {
  gitpod = await EmbeddedGitpod.start({ pingIntervalMs: 20 });
  user = gitpod.addUser({ name: 'ada' });
  network = networkTo(gitpod);
  account = accountOf(user.personalAccessToken);
  controlPlane = new JsonRpcControlPlane(account, network);
});
afterEach(async () => {
  await controlPlane[Symbol.asyncDispose]();
  network[Symbol.dispose]();
  await gitpod[Symbol.asyncDispose]();
});

function connectAs(token: string): JsonRpcControlPlane {
  return new JsonRpcControlPlane(accountOf(token), network);
}

function accountOf(token: string): Account {
  const nobody = { canSignIn: () => false, onChange: () => undefined, onConnectionLost: () => undefined };
  const made = new Account(parseInstallation(gitpod.host), nobody);
  made.setToken(new Secret(token));
  return made;
}

describe('the control plane', () => {
  test('answers everything over one connection', async () => {
    const workspace = gitpod.addWorkspace(user, { repository: 'parcel-demo', branch: 'dev' });
    user.addSshPublicKey('laptop', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy');
    const [list, one, token, keys] = await Promise.all([
      controlPlane.listWorkspaces(10, signal),
      controlPlane.getWorkspace(workspace.id, signal),
      controlPlane.getOwnerToken(workspace.id, signal),
      controlPlane.listPublicKeys(signal),
    ]);
    expect(list).toEqual([one]);
    expect(one).toMatchObject({
      id: workspace.id,
      repository: 'example/parcel-demo',
      branch: 'dev',
      instance: { phase: 'running', ideUrl: workspace.ideUrl },
    });
    expect(token.reveal()).toBe(workspace.ownerToken);
    expect(keys).toMatchObject([{ name: 'laptop', key: expect.stringMatching(/^ssh-ed25519 /) }]);
    expect(gitpod.events.filter(({ kind }) => kind === 'api-connect')).toHaveLength(1);
  });

  test('leaves the owner token of the uncensored list behind', async () => {
    const workspace = gitpod.addWorkspace(user);
    expect(JSON.stringify(await controlPlane.listWorkspaces(10, signal))).not.toContain(workspace.ownerToken);
  });

  test('connects again after its connection was lost', async () => {
    await controlPlane.listPublicKeys(signal);
    gitpod.dropApiConnections();
    await expect(controlPlane.listPublicKeys(signal)).resolves.toEqual([]);
    await expect(controlPlane.listPublicKeys(signal)).resolves.toEqual([]);
    expect(gitpod.events.filter(({ kind }) => kind === 'api-connect')).toHaveLength(2);
  });

  test('connects anew with another token; calls under way end on the connection that they began on', async () => {
    const ben = gitpod.addUser({ name: 'ben' });
    await controlPlane.getUser(signal);
    const underWay = controlPlane.getUser(signal);
    await new Promise((resolve) => setImmediate(resolve)); // it is sent by now
    account.setToken(new Secret(ben.personalAccessToken));
    expect((await underWay).name).toBe('ada');
    expect((await controlPlane.getUser(signal)).name).toBe('ben');
    expect(gitpod.events.filter(({ kind }) => kind === 'api-connect')).toHaveLength(2);
  });

  test('answers the server’s pings, so that an idle connection stays', async () => {
    await controlPlane.listPublicKeys(signal);
    const pinged = Date.now() + 200; // ten intervals, after any of which a silent client is dropped
    await expect.poll(() => Date.now() >= pinged).toBe(true);
    await controlPlane.listPublicKeys(signal);
    expect(gitpod.events.filter(({ kind }) => kind === 'api-connect')).toHaveLength(1);
  });

  test('takes a token with few scopes for what it permits', async () => {
    const limited = connectAs(user.createToken(['function:getWorkspaces', 'resource:default']));
    await expect(limited.listWorkspaces(10, signal)).resolves.toEqual([]);
    await expect(limited.listPublicKeys(signal)).rejects.toMatchObject({ code: 'SCOPE_MISSING' });
    await limited[Symbol.asyncDispose]();
  });

  test.each([
    [401, 'SIGN_IN_REQUIRED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_AN_INSTALLATION'],
    [502, 'HOST_UNREACHABLE'],
  ])('an upgrade answered with %i is %s', async (status, code) => {
    gitpod.faults.apiUpgradeStatus = status;
    await expect(controlPlane.listPublicKeys(signal)).rejects.toMatchObject({ code });
    gitpod.faults.apiUpgradeStatus = undefined;
    await expect(controlPlane.listPublicKeys(signal)).resolves.toEqual([]); // a failed connection is not kept
  });

  test.each([
    [470, 'blocked', 'USER_BLOCKED'],
    [403, 'not your workspace', 'PERMISSION_DENIED'],
    [404, 'Workspace not found.', 'WORKSPACE_NOT_FOUND'],
    [500, 'Error: boom', 'INSTALLATION_ERROR'],
    [9999, 'from the future', 'INSTALLATION_ERROR'],
  ])('error %i (%s) is %s', async (code, message, expected) => {
    gitpod.faults.rpcErrors.set('getWorkspace', { code, message });
    await expect(controlPlane.getWorkspace('a', signal)).rejects.toMatchObject({ code: expected });
  });

  test('an aborted call rejects with the signal’s reason', async () => {
    const reason = new Error('changed my mind');
    await expect(controlPlane.listPublicKeys(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('a disposed one takes no more calls', async () => {
    await controlPlane.listPublicKeys(signal);
    await controlPlane[Symbol.asyncDispose]();
    await expect(controlPlane.listPublicKeys(signal)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  test.each(['getWorkspace', 'startWorkspace', 'deleteWorkspace'] as const)(
    'makes %s once more when the connection is lost before the answer',
    async (method) => {
      const workspace = gitpod.addWorkspace(user, { phase: 'stopped' });
      gitpod.faults.cutBehindCall = method;
      const outcome = await controlPlane[method](workspace.id, signal).then(
        () => 'done',
        (error: unknown) => error,
      );
      // What was deleted is not there any more when it is asked for again.
      if (method === 'deleteWorkspace') expect(outcome).toMatchObject({ code: 'WORKSPACE_NOT_FOUND' });
      else expect(outcome).toBe('done');
      expect(callsOf(method)).toBe(2);
    },
  );

  test('never makes a workspace twice', async () => {
    gitpod.faults.cutBehindCall = 'createWorkspace';
    const contextUrl = 'https://github.com/example/once';
    const creation = { contextUrl, organizationId: user.organizationId, workspaceClass: '', editor: '' };
    await expect(controlPlane.createWorkspace(creation, signal)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(callsOf('createWorkspace')).toBe(1);
  });

  function callsOf(wanted: string): number {
    return gitpod.events.filter((event) => event.kind === 'rpc' && event.method === wanted).length;
  }
});
