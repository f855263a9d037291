import { once } from 'node:events';
import ssh2, { type ConnectConfig } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedGitpod, type EmbeddedUser, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { generateSshKeyPair } from '../../embedded-gitpod/ssh-wire/keyPair.ts';
import { transcript } from './support/transcripts.ts';
import { unusedPort } from './support/unusedPort.ts';

/** The recorded cases of ssh2's own client, whose events differ from what the wire says. */

let gitpod: EmbeddedGitpod;
let user: EmbeddedUser;

beforeAll(async () => {
  gitpod = await EmbeddedGitpod.start({ supervisorTimeoutMs: 150 });
  user = gitpod.addUser({ name: 'ada' });
});

afterAll(async () => {
  await gitpod[Symbol.asyncDispose]();
});

test('ssh2-key-bad', async () => {
  const { id } = gitpod.addWorkspace(user);
  await replays('ssh2-key-bad', { username: id, privateKey: await privateKey() });
});

test('ssh2-tok-bad-with-key', async () => {
  const { id } = gitpod.addWorkspace(user);
  await replays('ssh2-tok-bad-with-key', { username: `${id}#wrong`, privateKey: await privateKey() });
});

test('ssh2-stopped', async () => {
  const { id, ownerToken } = gitpod.addWorkspace(user, { phase: 'stopped' });
  await replays('ssh2-stopped', { username: id, password: ownerToken });
});

test('ssh2-dead', async () => {
  await replays('ssh2-dead', asOwner(gitpod.addWorkspace(user, { upstream: 'down' })));
});

test('ssh2-suphang', async () => {
  await replays('ssh2-suphang', asOwner(gitpod.addWorkspace(user, { upstream: 'hang' })));
});

test('ssh2-uphang-exec-keepalive', async () => {
  const silent = gitpod.addWorkspace(user, { upstream: 'silent' });
  const keepalives = { keepaliveInterval: 50, keepaliveCountMax: 3 };
  await replays('ssh2-uphang-exec-keepalive', { ...asOwner(silent), ...keepalives }, (client) =>
    client.exec('true', () => undefined),
  );
});

test('ssh2-hostkey-nistp521-only', async () => {
  const config = asOwner(gitpod.addWorkspace(user));
  await replays('ssh2-hostkey-nistp521-only', {
    ...config,
    algorithms: { serverHostKey: ['ecdsa-sha2-nistp521'] },
  });
});

test('ssh2-fwdout-refused', async () => {
  const expected = transcript('ssh2-fwdout-refused').ev[1];
  const port = await unusedPort();
  const client = new ssh2.Client().connect(withDefaults(asOwner(gitpod.addWorkspace(user))));
  await once(client, 'ready');
  const failure = await new Promise<Error | undefined>((resolve) =>
    client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error) => resolve(error)),
  );
  const reason = failure && 'reason' in failure ? failure.reason : undefined;
  expect(`fwdErr {"m": "${failure?.message}", "reason": ${reason}}`).toBe(expected);
  client.end();
  await once(client, 'close');
});

/** Connects, and expects just the recorded events until the connection is closed. */
async function replays(name: string, config: ConnectConfig, onReady?: (client: ssh2.Client) => void): Promise<void> {
  const events: string[] = [];
  const client = new ssh2.Client();
  client.on('ready', () => {
    events.push('ready');
    onReady?.(client);
  });
  client.on('error', ({ level, message }) => events.push(`error {"level": "${level}", "message": "${message}"}`));
  client.on('end', () => events.push('end'));
  const closed = new Promise<void>((resolve) => client.on('close', () => resolve()));
  client.connect(withDefaults(config));
  await closed;
  expect([...events, 'close']).toEqual(transcript(name).ev);
}

function withDefaults(config: ConnectConfig): ConnectConfig {
  return { host: '127.0.0.1', port: gitpod.sshPort, ...config };
}

function asOwner({ id, ownerToken }: EmbeddedWorkspace): ConnectConfig {
  return { username: id, password: ownerToken };
}

async function privateKey(): Promise<string> {
  return (await generateSshKeyPair('ed25519')).privateKeyText;
}
