import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { SshChannelError, SshClientSession, SshSessionConfiguration } from '@microsoft/dev-tunnels-ssh';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { TunnelOpenMessage } from '../../../helper/connection/companion/tunnelOpenMessage.ts';
import { encodeTunnelPortRequest } from '../../../helper/connection/companion/tunnelPortRequest.ts';
import { TunnelSession } from '../../../helper/connection/companion/tunnelSession.ts';
import { TunnelTransport } from '../../../helper/connection/companion/tunnelTransport.ts';
import { EmbeddedGitpod, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { webSocketStream } from '../../embedded-gitpod/https/webSocketStream.ts';
import { GrpcClient, type Method } from '../../support/grpcClient.ts';
import { httpsGet } from './support/httpsGet.ts';
import { OpenSsh } from './support/openSsh.ts';

let gitpod: EmbeddedGitpod;
let workspace: EmbeddedWorkspace;
beforeEach(async () => {
  gitpod = await EmbeddedGitpod.start();
  workspace = gitpod.addWorkspace(gitpod.addUser({ name: 'ada' }));
});
afterEach(() => gitpod[Symbol.asyncDispose]());

const apiPort = 22_999;
const sshPort = 23_001;

describe('the upgrade', () => {
  test.each([
    ['without the owner token', () => ({}), 401],
    ['with another one', () => ({ 'x-gitpod-owner-token': 'wrong' }), 403],
    ['from a page of another origin', () => ({ ...ownerToken(), Origin: 'https://evil.test' }), 403],
  ] as const)('is refused %s', async (_, headers, status) => {
    expect(await refusal(openWebSocket(headers()))).toBe(status);
  });

  test('is refused as a bad gateway while the supervisor is down, and for debug workspaces', async () => {
    expect(await refusal(openWebSocket(ownerToken(), `debug-${workspace.host}`))).toBe(502);
    gitpod.faults.supervisorDown = true;
    expect(await refusal(openWebSocket(ownerToken()))).toBe(502);
  });

  test('leads to the dashboard where no such workspace runs', async () => {
    workspace.phase = 'stopped';
    expect(await refusal(openWebSocket(ownerToken()))).toBe(302);
  });

  test('is a bad request when it is none', async () => {
    const answer = await httpsGet(gitpod, `${workspace.ideUrl}/_supervisor/tunnel`, { headers: ownerToken() });
    expect(answer).toMatchObject({ status: 400, body: 'Bad Request' });
  });
});

describe('a channel', () => {
  test('to a port without a tunnel is refused with the supervisor’s words', async () => {
    using session = await connectRaw();
    const open = openChannel(session, { port: 4444, targetPort: 4444, clientId: 'me' });
    await expect(open).rejects.toBeInstanceOf(SshChannelError);
    await expect(open).rejects.toMatchObject({ reason: 1, message: "client 'me': '4444' tunnel does not exist" });
  });

  test('to a port that this client tunnels to another one is refused', async () => {
    using session = await connectRaw();
    await openChannel(session, { port: sshPort, targetPort: 7, clientId: 'me' });
    await openChannel(session, { port: sshPort, targetPort: 7, clientId: 'me' });
    await openChannel(session, { port: sshPort, targetPort: 8, clientId: 'another' });
    await expect(openChannel(session, { port: sshPort, targetPort: 8, clientId: 'me' })).rejects.toMatchObject({
      reason: 1,
      message: `client 'me': ${sshPort}:7 is already tunneling`,
    });
  });

  test('to an SSH server that is down is refused with the text of the dialling', async () => {
    workspace.upstream = 'down';
    using session = await connectRaw();
    await expect(openChannel(session, { port: sshPort, targetPort: 1, clientId: 'me' })).rejects.toMatchObject({
      reason: 1,
      message: `dial tcp 127.0.0.1:${sshPort}: connect: connection refused`,
    });
  });

  test('to the supervisor’s port serves gRPC', async () => {
    using tunnel = await TunnelSession.connect(await openStream());
    const stream = await tunnel.open(apiPort);
    using client = new GrpcClient(stream);
    const answer = await client.unary(createSshKeyPair, undefined);
    expect(answer.toString('latin1')).toContain('-----BEGIN OPENSSH PRIVATE KEY-----');
    stream.destroy();
    await once(stream, 'close');
  });

  test('to the SSH server takes the real ssh in, by the supervisor’s key, with the host key that came with it', async () => {
    using tunnel = await TunnelSession.connect(await openStream());
    await using local = await listen((socket) => {
      void tunnel.open(sshPort).then((stream) => socket.pipe(stream).pipe(socket));
    });
    await using openSsh = await OpenSsh.create(gitpod);
    const { privateKey, hostKey } = await keyPairOf(workspace);
    await writeFile(openSsh.path('key'), privateKey, { mode: 0o600 });
    await writeFile(openSsh.path('hosts'), `[127.0.0.1]:${local.port} ${hostKey}\n`);
    const settings = [`Port=${local.port}`, `IdentityFile=${openSsh.path('key')}`];
    const known = `UserKnownHostsFile=${openSsh.path('hosts')}`;
    const finished = await openSsh.ssh('gitpod', ['echo in; exit 4'], { settings: [...settings, known] });
    expect(finished).toMatchObject({ code: 4, stdout: 'in\n' });
    const otherKey = await openSsh.generateKey('ed25519');
    const refused = await openSsh.ssh('gitpod', ['true'], {
      settings: [`Port=${local.port}`, `IdentityFile=${otherKey}`, known],
    });
    expect(refused.stderr).toContain('Permission denied (publickey)');
  });

  test('ends when the connection is lost', async () => {
    using tunnel = await TunnelSession.connect(await openStream());
    const stream = await tunnel.open(sshPort);
    stream.resume().on('error', () => undefined);
    const closed = once(stream, 'close');
    workspace.dropConnections();
    await closed;
  });
});

const createSshKeyPair: Method<undefined, Buffer> = {
  path: '/supervisor.ControlService/CreateSSHKeyPair',
  requestSerialize: () => Buffer.alloc(0),
  responseDeserialize: (bytes) => bytes,
};

function ownerToken(): Record<string, string> {
  return { 'x-gitpod-owner-token': workspace.ownerToken };
}

function openWebSocket(headers: Readonly<Record<string, string>>, host = workspace.host): WebSocket {
  const lookup = (
    _hostname: string,
    options: { all?: boolean | undefined },
    callback: (error: null, address: string | { address: string; family: number }[], family?: number) => void,
  ) => (options.all === true ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4));
  const agent = new Agent({ lookup, ca: readFileSync(gitpod.caFile) });
  const socket = new WebSocket(`wss://${host}/_supervisor/tunnel`, { headers, agent, perMessageDeflate: false });
  socket.on('error', () => undefined);
  return socket;
}

function refusal(socket: WebSocket): Promise<number | undefined> {
  return new Promise((resolve) => {
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
  });
}

async function openStream() {
  const socket = openWebSocket(ownerToken());
  const stream = webSocketStream(socket);
  await once(socket, 'open');
  return stream;
}

/** A client that can ask for anything. */
async function connectRaw(): Promise<SshClientSession & Disposable> {
  const session = new SshClientSession(new SshSessionConfiguration());
  session.onAuthenticating((event) => {
    event.authenticationPromise = Promise.resolve({});
  });
  await session.connect(new TunnelTransport(await openStream()));
  expect(await session.authenticate({ username: '' })).toBe(true);
  return Object.assign(session, { [Symbol.dispose]: () => session.dispose() });
}

function openChannel(session: SshClientSession, request: Parameters<typeof encodeTunnelPortRequest>[0]) {
  return session.openChannel(new TunnelOpenMessage(encodeTunnelPortRequest(request)));
}

/** A port of this machine for a program that knows nothing of tunnels. */
async function listen(serve: (socket: Socket) => void): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** What CreateSSHKeyPair gives, read without a protobuf library. */
async function keyPairOf(of: EmbeddedWorkspace): Promise<{ readonly privateKey: string; readonly hostKey: string }> {
  const { bytes } = await httpsGet(gitpod, `${of.ideUrl}/_supervisor/v1/supervisor.ControlService/CreateSSHKeyPair`, {
    method: 'POST',
    headers: { ...ownerToken(), 'content-type': 'application/grpc-web+proto' },
    body: Buffer.alloc(5),
  });
  const text = bytes.toString('latin1');
  const [privateKey = ''] = /-----BEGIN [\s\S]+ KEY-----\n/.exec(text) ?? [];
  const [, value = ''] = /ssh-ed25519.{2}([A-Za-z0-9+/=]{68})/s.exec(text) ?? [];
  return { privateKey, hostKey: `ssh-ed25519 ${value}` };
}
