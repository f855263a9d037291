import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { fetchJoinLink, WorkspaceConnection } from './support/thinClient.ts';

/** Acts as JetBrains' thin client: join link, channel, TLS pinned by `fp`, ticket. */

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;
let workspace: EmbeddedWorkspace;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start();
  user = gitpod.addUser({ name: 'ada' });
});

afterAll(async () => {
  await gitpod[Symbol.asyncDispose]();
});

describe('joining', () => {
  test('TLS 1.3 with the pinned certificate, the ticket, READY, then every byte back until both ends end', async () => {
    workspace = gitpod.addWorkspace(user);
    const link = await fetchJoinLink(gitpod, workspace);
    await using connection = await WorkspaceConnection.open(gitpod, workspace);
    const socket = await connection.openTls(link.port);
    expect(socket.getProtocol()).toBe('TLSv1.3');
    expect(socket.getPeerCertificate().fingerprint256.replaceAll(':', '')).toBe(link.fingerprint);
    const payload = randomBytes(300_000);
    socket.write(`jt=${link.ticket}\n`);
    socket.end(payload);
    const answer = await buffer(socket);
    const ready = `READY ${process.pid}\n`;
    expect(answer.subarray(0, ready.length).toString()).toBe(ready);
    expect(answer.subarray(ready.length).equals(payload)).toBe(true);
  });

  test('the ticket may come in pieces', async () => {
    workspace = gitpod.addWorkspace(user);
    const link = await fetchJoinLink(gitpod, workspace);
    await using connection = await WorkspaceConnection.open(gitpod, workspace);
    const socket = await connection.openTls(link.port);
    socket.write('jt=');
    socket.write(link.ticket);
    socket.end('\n');
    expect(await text(socket)).toBe(`READY ${process.pid}\n`);
  });

  test('a ticket is good once, and a new link brings a fresh one', async () => {
    workspace = gitpod.addWorkspace(user);
    const link = await fetchJoinLink(gitpod, workspace);
    expect((await fetchJoinLink(gitpod, workspace)).ticket, 'not used yet').toBe(link.ticket);
    expect(await join(workspace, link.ticket)).toBe(`READY ${process.pid}\n`);
    expect(await join(workspace, link.ticket)).toBe('');
    const fresh = await fetchJoinLink(gitpod, workspace);
    expect(fresh.ticket).not.toBe(link.ticket);
    expect(await join(workspace, fresh.ticket)).toBe(`READY ${process.pid}\n`);
  });

  test.each(['jt=wrong', 'no ticket', ''])('%j as first line is refused', async (line) => {
    workspace = gitpod.addWorkspace(user);
    expect(await send(workspace, `${line}\n`)).toBe('');
  });

  test('a first line without an end is refused', async () => {
    workspace = gitpod.addWorkspace(user);
    expect(await send(workspace, 'x'.repeat(1_000))).toBe('');
  });

  test('TLS 1.2 is refused', async () => {
    workspace = gitpod.addWorkspace(user);
    await using connection = await WorkspaceConnection.open(gitpod, workspace);
    const channel = await connection.forward(workspace.backendPort);
    const socket = tlsConnect({ socket: channel, rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
    await expect(once(socket, 'secureConnect')).rejects.toThrow(/alert protocol version/);
  });

  test("a workspace has its own certificate, and does not know another's ticket", async () => {
    const [one, other] = [gitpod.addWorkspace(user), gitpod.addWorkspace(user)];
    expect(await one.joinLinkFingerprint).not.toBe(await other.joinLinkFingerprint);
    const link = await fetchJoinLink(gitpod, one);
    expect(await join(other, link.ticket)).toBe('');
    expect(await join(one, link.ticket)).toBe(`READY ${process.pid}\n`);
  });
});

describe('states', () => {
  test.each(['booting', 'absent', 'malformed-link'] as const)('%s: nothing listens on its port', async (backend) => {
    workspace = gitpod.addWorkspace(user, { backend });
    await using connection = await WorkspaceConnection.open(gitpod, workspace);
    await expect(connection.forward(workspace.backendPort)).rejects.toThrow('open target channel error');
  });

  test('closes-at-once: the channel opens and ends', async () => {
    workspace = gitpod.addWorkspace(user, { backend: 'closes-at-once' });
    await using connection = await WorkspaceConnection.open(gitpod, workspace);
    expect(await text(await connection.forward(workspace.backendPort))).toBe('');
  });

  test('each workspace may have its own port', async () => {
    workspace = gitpod.addWorkspace(user, { backendPort: 5991 });
    expect((await fetchJoinLink(gitpod, workspace)).port).toBe(5991);
  });
});

test('joins and refusals are on record', async () => {
  workspace = gitpod.addWorkspace(user);
  const { ticket } = await fetchJoinLink(gitpod, workspace);
  await join(workspace, ticket);
  await join(workspace, ticket);
  const seen = gitpod.events.filter((event) => 'workspaceId' in event && event.workspaceId === workspace.id);
  const outcomes = seen.flatMap((event) => (event.kind === 'backend' ? [event.outcome] : []));
  expect(outcomes).toEqual(['joined', 'refused']);
  expect(seen).toContainEqual({
    kind: 'direct-tcpip',
    workspaceId: workspace.id,
    host: '127.0.0.1',
    port: workspace.backendPort,
    outcome: 'opened',
  });
  expect(JSON.stringify(gitpod.events)).not.toContain(ticket);
});

function join(at: EmbeddedWorkspace, ticket: string): Promise<string> {
  return send(at, `jt=${ticket}\n`);
}

/** Sends to the backend and ends; everything that comes back. */
async function send(at: EmbeddedWorkspace, data: string): Promise<string> {
  await using connection = await WorkspaceConnection.open(gitpod, at);
  const socket = await connection.openTls(at.backendPort);
  socket.end(data);
  return await text(socket);
}
