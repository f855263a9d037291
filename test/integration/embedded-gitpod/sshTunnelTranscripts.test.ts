import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { webSocketStream } from '../../embedded-gitpod/https/webSocketStream.ts';
import { generateSshKeyPair } from '../../embedded-gitpod/ssh-wire/keyPair.ts';
import { RawSshClient } from './support/rawSshClient.ts';
import { replay, type Steps } from './support/replay.ts';
import { transcript } from './support/transcripts.ts';

/** The real intervals are 13.5 s and 15 s, the supervisor's limit is 5 s: here they are this many times shorter. */
const fasterBy = 50;
const pingIntervalMs = 13_500 / fasterBy;

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start({ tunnelPingIntervalMs: pingIntervalMs, supervisorTimeoutMs: 100 });
  user = gitpod.addUser({ name: 'ada' });
});
afterAll(() => gitpod[Symbol.asyncDispose]());

describe('SSH inside the tunnel', () => {
  test.each(['in-none-gitpod-exec', 'in-password-id-exec'])('%s', async (name) => {
    const workspace = gitpod.addWorkspace(user);
    await replayInTunnel(name, workspace, (client) => ({
      none: () => client.none('gitpod'),
      password: () => client.password(workspace.id, workspace.ownerToken),
      session: () => client.openSession(),
      exec: () => client.request('exec', 'echo in; exit 4'),
    }));
  });

  test('in-otherws-exec', async () => {
    const other = gitpod.addWorkspace(user);
    await replayInTunnel('in-otherws-exec', gitpod.addWorkspace(user), (client) => ({
      none: () => client.none(other.id),
      session: () => client.openSession(),
      exec: () => client.request('exec', 'echo in; exit 4'),
    }));
  });

  test('ws-in-password', async () => {
    await replayInTunnel('ws-in-password', gitpod.addWorkspace(user), (client) => ({
      password: () => client.password('gitpod', 'anything'),
    }));
  });

  test('ws-in-stopped-gitpod', async () => {
    await replayInTunnel('ws-in-stopped-gitpod', gitpod.addWorkspace(user, { phase: 'stopping' }), (client) => ({
      none: () => client.none('gitpod'),
    }));
  });

  test('ws-in-stopped-anykey', async () => {
    const { blob } = await generateSshKeyPair('ed25519');
    await replayInTunnel('ws-in-stopped-anykey', gitpod.addWorkspace(user, { phase: 'stopping' }), (client) => ({
      'pkQuery ssh-ed25519': () => client.queryKey('gitpod', 'ssh-ed25519', blob),
    }));
  });

  test('ws-in-dead', async () => {
    await replayInTunnel('ws-in-dead', gitpod.addWorkspace(user, { upstream: 'down' }), (client) => ({
      none: () => client.none('gitpod'),
    }));
  });

  test('ws-in-suphang', async () => {
    const recorded = transcript('ws-in-suphang');
    const ev = recorded.ev.map((event) => event.replace('tcp_eof@5000ms', 'tcp_eof'));
    const steps = (client: RawSshClient) => ({ none: () => client.none('gitpod') });
    await replayInTunnel('ws-in-suphang', gitpod.addWorkspace(user, { upstream: 'hang' }), steps, ev);
  });
});

describe('the upgrade', () => {
  test('ws-protocols', async () => {
    const { ownerToken, host } = gitpod.addWorkspace(user);
    const socket = openTunnel(host, { 'x-gitpod-owner-token': ownerToken }, ['some-protocol']);
    expect(await failureOf(socket)).toBe(recordedOf('ws-protocols')['err']);
  });

  test.each([
    ['ws-origin-foreign', (workspace: EmbeddedWorkspace) => ({ ...tokenOf(workspace), Origin: 'https://evil.test' })],
    ['ws-notoken', () => ({})],
    ['ws-badtoken', () => ({ 'x-gitpod-owner-token': 'wrong' })],
  ] as const)('%s', async (name, headersFor) => {
    const workspace = gitpod.addWorkspace(user);
    const { status, body, location } = recordedOf(name);
    expect(await refusal(workspace.host, headersFor(workspace))).toEqual({ status, body, location });
  });

  test('ws-unknown', async () => {
    const { status, body, location } = recordedOf('ws-unknown');
    const recordedId = 'foo-bar-cccccccc99';
    const here = (text: unknown) => String(text).replaceAll('https://gitpod.test', gitpod.origin);
    const answer = await refusal(`${recordedId}.ws-eu1.${gitpod.host}`, {});
    expect(answer).toEqual({ status, body: here(body), location: here(location) });
  });

  test('ws-public-notoken', async () => {
    const { host } = gitpod.addWorkspace(user, { admission: 'everyone' });
    await using client = await RawSshClient.over(await connected(openTunnel(host, {})));
    client.none('gitpod');
    expect(await client.events.take(1)).toEqual(['success']);
  });

  test('http-tunnel-plain-get', async () => {
    const { host, ownerToken } = gitpod.addWorkspace(user);
    const { status, body } = recordedOf('http-tunnel-plain-get');
    for (const path of ['/_supervisor/tunnel/ssh', '/_ssh/tunnel']) {
      const agent = new Agent({ lookup, ca: readFileSync(gitpod.caFile) });
      const headers = { 'x-gitpod-owner-token': ownerToken };
      const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
        get(`https://${host}${path}`, { agent, headers }, (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += String(chunk);
          });
          response.on('end', () => resolve({ status: response.statusCode, body: text }));
        }).on('error', reject);
      });
      agent.destroy();
      expect(answer).toEqual({ status, body });
    }
  });
});

describe('the WebSocket', () => {
  test('ws-client-close', async () => {
    const workspace = gitpod.addWorkspace(user);
    const socket = openTunnel(workspace.host, tokenOf(workspace));
    const closed = closeOf(socket);
    socket.once('open', () => socket.close(1000));
    const { code, reason } = recordedOf('ws-client-close');
    expect(await closed).toEqual([code, reason]);
  });

  test('ws-no-pong: pinged, then dropped although data flows', async () => {
    const workspace = gitpod.addWorkspace(user);
    const socket = openTunnel(workspace.host, tokenOf(workspace), [], { autoPong: false });
    const pings: number[] = [];
    const closed = closeOf(socket);
    let openedAt = 0;
    socket.once('open', () => {
      openedAt = performance.now();
    });
    socket.on('ping', () => {
      pings.push(performance.now() - openedAt);
      socket.send(Buffer.of(0)); // data does not move the deadline
    });
    const [code] = await closed;
    expect(code).toBe(recordedOf('ws-no-pong')['closeCode']);
    expect(pings).toHaveLength(1);
  });

  test('answering pings keeps an idle connection open', async () => {
    const workspace = gitpod.addWorkspace(user);
    const socket = openTunnel(workspace.host, tokenOf(workspace));
    let pings = 0;
    socket.on('ping', () => {
      pings += 1;
    });
    await expect.poll(() => pings, { timeout: 10_000 }).toBeGreaterThan(3);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    const closed = closeOf(socket);
    socket.terminate();
    await closed;
  });
});

function tokenOf({ ownerToken }: EmbeddedWorkspace): Record<string, string> {
  return { 'x-gitpod-owner-token': ownerToken };
}

function lookup(
  _hostname: string,
  options: { all?: boolean | undefined },
  callback: (error: null, address: string | { address: string; family: number }[], family?: number) => void,
): void {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
}

function openTunnel(
  host: string,
  headers: Record<string, string>,
  protocols: string[] = [],
  options: { autoPong?: boolean } = {},
): WebSocket {
  const agent = new Agent({ lookup, ca: readFileSync(gitpod.caFile) });
  const socket = new WebSocket(`wss://${host}/_supervisor/tunnel/ssh`, protocols, { headers, agent, ...options });
  socket.on('error', () => undefined);
  return socket;
}

async function connected(socket: WebSocket) {
  const stream = webSocketStream(socket);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return stream;
}

function failureOf(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => socket.once('error', ({ message }) => resolve(message)));
}

function closeOf(socket: WebSocket): Promise<[number, string]> {
  return new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, reason.toString()])));
}

function refusal(host: string, headers: Record<string, string>): Promise<object> {
  const socket = openTunnel(host, headers);
  return new Promise((resolve) => {
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => {
        resolve({ status: response.statusCode, body, location: response.headers.location ?? null });
      });
    });
  });
}

async function replayInTunnel(
  name: string,
  workspace: EmbeddedWorkspace,
  steps: (client: RawSshClient) => Steps,
  ev: readonly string[] = transcript(name).ev,
): Promise<void> {
  const socket = openTunnel(workspace.host, tokenOf(workspace));
  const closed = closeOf(socket);
  await using client = await RawSshClient.over(await connected(socket));
  const recorded = recordedOf(name);
  const end = recorded['wsClose'] === undefined ? 'open' : 'closed';
  await replay(client, { ...transcript(name), ev, end }, steps(client));
  if (recorded['wsClose'] !== undefined) expect(await closed).toEqual(recorded['wsClose']);
}

function recordedOf(name: string): Readonly<Record<string, unknown>> {
  return transcript(name).fields;
}
