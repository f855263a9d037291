import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { type HttpsResponse, httpsGet } from './support/httpsGet.ts';
import { transcript } from './support/transcripts.ts';

/** "HTTP and WebSocket" of ssh-gateway-observed §1, as far as it is built. */

const unknownId = 'foo-bar-cccccccc99';

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;
let workspace: EmbeddedWorkspace;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start();
  user = gitpod.addUser({ name: 'ada' });
  workspace = gitpod.addWorkspace(user);
});

afterAll(async () => {
  await gitpod[Symbol.asyncDispose]();
});

describe('host keys', () => {
  test('http-host_keys', async () => {
    const recorded = transcript('http-host_keys').fields;
    const stopped = gitpod.addWorkspace(user, { phase: 'stopped' });
    const asked: readonly (readonly [string, string])[] = [
      [workspace.ideUrl, 'GET'],
      [labelled(unknownId), 'GET'],
      [stopped.ideUrl, 'GET'],
      [labelled(`debug-${workspace.id}`), 'GET'],
      [workspace.ideUrl, 'POST'],
    ];
    for (const [url, method] of asked) {
      const response = await httpsGet(gitpod, `${url}/_ssh/host_keys`, { method });
      expect(response.status, url).toBe(recorded['status']);
      expect(response.headers['content-type']).toBe(recorded['ct']);
      expect(Object.keys(response.headers).sort()).toEqual(['content-length', 'content-type', 'date']);
      const listed: readonly Record<string, string>[] = JSON.parse(response.body);
      expect(listed.map((entry) => Object.keys(entry))).toEqual(listed.map(() => recorded['keys']));
      expect(listed.map((entry) => [entry['type'], entry['host_key']])).toEqual(
        gitpod.sshHostKeys.map(({ type, blob }) => [type, blob.toString('base64')]),
      );
    }
    expect(gitpod.sshHostKeys.map(({ type }) => type)).toEqual(['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256']);
  });

  test('http-host_keys-port-host', async () => {
    const response = await httpsGet(gitpod, `https://24000-${workspace.host}/_ssh/host_keys`);
    expect(response).toMatchObject(statusAndBody('http-host_keys-port-host'));
  });

  test('the fault switch answers instead', async () => {
    gitpod.faults.hostKeysResponse = { status: 200, contentType: 'text/html', body: '<html>' };
    try {
      const response = await httpsGet(gitpod, `${workspace.ideUrl}/_ssh/host_keys`);
      expect(response).toMatchObject({ status: 200, body: '<html>', headers: { 'content-type': 'text/html' } });
    } finally {
      gitpod.faults.hostKeysResponse = undefined;
    }
  });
});

describe('other hosts', () => {
  test('http-ssh-host', async () => {
    const response = await httpsGet(gitpod, `https://${workspace.sshHost}:${gitpod.httpsPort}/_ssh/host_keys`);
    expect(response).toMatchObject(statusAndBody('http-ssh-host'));
  });

  test.each(['two-words', 'not_a-label', 'xyz'])('http-other-bad-label: %s', async (label) => {
    expect(await httpsGet(gitpod, `${labelled(label)}/`)).toMatchObject(statusAndBody('http-other-bad-label'));
  });

  test.each(['nonsense', '1234'])('a label of 0-9 and a-v only is answered 200 with nothing: %s', async (label) => {
    expect(await httpsGet(gitpod, `${labelled(label)}/_ssh/host_keys`)).toMatchObject({ status: 200, body: '' });
  });

  test('an unknown workspace is sent to the dashboard, which says 200', async () => {
    const response = await httpsGet(gitpod, `${labelled(unknownId)}/`);
    const location = `${gitpod.origin}/start/?not_found=true#${unknownId}`;
    expect(response).toMatchObject({
      status: 302,
      headers: { location },
      body: `<a href="${location}">Found</a>.\n\n`,
    });
    expect((await httpsGet(gitpod, location)).status).toBe(200);
  });
});

describe('http-port: the join link', () => {
  const recorded = transcript('http-port').fields;

  test('needs the owner token', async () => {
    const cookie = `_gitpod_test_ws_${workspace.instanceId}_owner_`;
    const answers = {
      none: await joinLink(workspace),
      wrong: await joinLink(workspace, { 'x-gitpod-owner-token': 'wrong' }),
      undecodable: await joinLink(workspace, { 'x-gitpod-owner-token': '%zz' }),
      header: await joinLink(workspace, { 'x-gitpod-owner-token': workspace.ownerToken }),
      cookie: await joinLink(workspace, { cookie: `other=1; ${cookie}=${workspace.ownerToken}` }),
    };
    const statuses = Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]));
    expect(statuses).toEqual(recorded['token']);
    expect([answers.none.body, answers.wrong.body, answers.undecodable.body]).toEqual(['', '', '']);
    const both = { 'x-gitpod-owner-token': 'wrong', cookie: `${cookie}=${workspace.ownerToken}` };
    expect((await joinLink(workspace, both)).status, 'the header wins').toBe(403);
  });

  test('names process, build, project and link', async () => {
    const response = await asOwner(workspace);
    expect(response.headers['content-type']).toBe('application/json');
    expect(JSON.parse(response.body)).toEqual({
      appPid: process.pid,
      ideVersion: 'IU-251.23774.435',
      projectPath: '/workspace/parcel-demo',
      joinLink: expect.stringMatching(
        new RegExp(
          `^tcp://127\\.0\\.0\\.1:${workspace.backendPort}#jt=[0-9a-f-]{36}&p=IU&fp=${await workspace.joinLinkFingerprint}&cb=251\\.23774\\.435&newUi=true&jb=`,
        ),
      ),
    });
  });

  test('tells an unknown workspace from one where nothing listens', async () => {
    const unknown = await httpsGet(gitpod, `https://24000-${unknownId}.${cluster()}/joinLink2`);
    expect(unknown).toMatchObject({ status: recorded['unknownWs'], body: recorded['unknownBody'] });
    const absent = await asOwner(gitpod.addWorkspace(user, { backend: 'absent' }));
    expect(absent.status).toBe(recorded['notListening']);
    expect(absent.headers['content-type']).toBe(recorded['notListeningCt']);
    expect(absent.body).not.toBe('');
    const otherPort = await httpsGet(gitpod, `https://8080-${workspace.host}/`, { headers: ownerToken(workspace) });
    expect(otherPort.status).toBe(404);
  });

  test('a workspace that is not running but has a pod answers, one without is unknown', async () => {
    const stopping = await asOwner(gitpod.addWorkspace(user, { phase: 'stopping' }));
    expect(stopping.status).toBe(recorded['stoppedButReachable']);
    expect((await asOwner(gitpod.addWorkspace(user, { phase: 'stopped' }))).status).toBe(404);
  });

  test('a booting backend is the launcher’s 503, and is ready once it is', async () => {
    const booting = gitpod.addWorkspace(user, { backend: 'booting' });
    expect(await asOwner(booting)).toMatchObject({ status: 503, body: 'failed to resolve JoinLink\n' });
    booting.backend = 'ready';
    expect((await asOwner(booting)).status).toBe(200);
  });

  test('a malformed link is 200 all the same', async () => {
    const { status, body } = await asOwner(gitpod.addWorkspace(user, { backend: 'malformed-link' }));
    expect(status).toBe(200);
    expect(() => JSON.parse(body)).toThrow(SyntaxError);
  });

  test('admission "everyone" needs no token', async () => {
    expect((await joinLink(gitpod.addWorkspace(user, { admission: 'everyone' }))).status).toBe(200);
  });

  test('a replaced owner token is worth nothing', async () => {
    const rotating = gitpod.addWorkspace(user);
    const headers = ownerToken(rotating);
    rotating.rotateOwnerToken();
    expect((await joinLink(rotating, headers)).status).toBe(403);
  });
});

test('the certificate is the authority’s, for every host that is named', async () => {
  const hosts = ['gitpod.test', `a.${cluster()}`, `24000-a.${cluster()}`, `a.ssh.${cluster()}`];
  for (const host of hosts) await expect(tlsHandshake(host.replace(/:\d+$/, '')), host).resolves.toBe('TLSv1.3');
  await expect(tlsHandshake('elsewhere.test')).rejects.toThrow('does not match');
});

test('requests are on record, without tokens', async () => {
  await asOwner(workspace);
  expect(gitpod.events).toContainEqual({
    kind: 'http',
    host: `24000-${workspace.host}`,
    method: 'GET',
    path: '/joinLink2',
    status: 200,
  });
  expect(JSON.stringify(gitpod.events)).not.toContain(workspace.ownerToken);
});

function cluster(): string {
  return `ws-eu1.${gitpod.host}`;
}

function labelled(label: string): string {
  return `https://${label}.${cluster()}`;
}

function ownerToken(of: EmbeddedWorkspace): Record<string, string> {
  return { 'x-gitpod-owner-token': of.ownerToken };
}

function joinLink(of: EmbeddedWorkspace, headers: Record<string, string> = {}): Promise<HttpsResponse> {
  return httpsGet(gitpod, `https://24000-${of.host}/joinLink2`, { headers });
}

function asOwner(of: EmbeddedWorkspace): Promise<HttpsResponse> {
  return joinLink(of, ownerToken(of));
}

function statusAndBody(name: string): Record<string, unknown> {
  const { status, body } = transcript(name).fields;
  return { status, body };
}

async function tlsHandshake(servername: string): Promise<string | null> {
  const socket = connect({ host: '127.0.0.1', port: gitpod.httpsPort, servername, ca: readFileSync(gitpod.caFile) });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } finally {
    socket.destroy();
  }
}
