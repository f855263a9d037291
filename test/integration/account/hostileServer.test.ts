import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { Accounts } from '../../../helper/account/accounts.ts';
import type { ControlPlane } from '../../../helper/account/controlPlane.ts';
import { parseInstallation } from '../../../helper/account/installation.ts';
import { configureLog } from '../../../helper/log.ts';
import { Network } from '../../../helper/platform/network/network.ts';
import { parseResolveOverride } from '../../../helper/platform/network/resolveOverride.ts';
import { Secret } from '../../../helper/platform/secret.ts';
import { CertificateAuthority } from '../../embedded-gitpod/tls/certificates.ts';

const { signal } = new AbortController();
const canary = 'canary-token-that-must-not-travel';

let server: Server;
let network: Network;
let accounts: Accounts;
let controlPlane: ControlPlane;
/** What the server does with a WebSocket upgrade; the default is to accept it. */
let onUpgrade: (socket: Duplex) => boolean;
/** What it does with each call. */
let onCall: (socket: WebSocket, id: unknown) => void;
/** Every request that is no upgrade, with its Authorization. */
let requests: (string | undefined)[];

beforeEach(async () => {
  configureLog({ level: 'silent' }); // what is hostile is logged
  const authority = await CertificateAuthority.create();
  const { certificate, privateKey } = await authority.issue(['gitpod.test', '*.test']);
  server = createServer({ cert: certificate, key: privateKey });
  requests = [];
  onUpgrade = () => true;
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('request', (request, response: ServerResponse) => {
    requests.push(request.headers.authorization);
    response.end();
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (!onUpgrade(socket)) return;
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      webSocket.on('message', (data) => onCall(webSocket, JSON.parse(String(data)).id));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  network = new Network({
    resolve: [parseResolveOverride('*.test=127.0.0.1')],
    additionalCaPem: [authority.certificate],
  });
  const host = `gitpod.test:${port}`;
  accounts = new Accounts([{ host, token: new Secret(canary) }], network);
  controlPlane = accounts.controlPlane(parseInstallation(host));
});
afterEach(async () => {
  await accounts[Symbol.asyncDispose]();
  network[Symbol.dispose]();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function answer(id: unknown, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

describe('a server that says other things before its answer', () => {
  test.each([
    ['invalid JSON', '{"jsonrpc":'],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['a batch', '[{"jsonrpc":"2.0","id":0,"result":[]}]'],
    ['bytes that are no text', Buffer.of(0xff, 0xfe, 0x00)],
    ['an answer to nothing', answer(4711, [])],
    ['an answer with a text for its id', answer('0', 'wrong')],
    ['an unknown notification', JSON.stringify({ jsonrpc: '2.0', method: 'onSomethingNew', params: [1] })],
    ['a notification without params', JSON.stringify({ jsonrpc: '2.0', method: 'onInstanceUpdate' })],
    ['a notification of a method that is none', JSON.stringify({ jsonrpc: '2.0', method: 7 })],
  ])('%s does no harm', async (_what, message) => {
    using _watch = controlPlane.watchWorkspaces({ onInstance: () => undefined, onGap: () => undefined });
    onCall = (socket, id) => {
      socket.send(message);
      socket.send(answer(id, []));
    };
    await expect(controlPlane.listPublicKeys(signal)).resolves.toEqual([]);
  });

  test('an answer given twice counts once', async () => {
    onCall = (socket, id) => {
      socket.send(answer(id, []));
      socket.send(answer(id, [{ name: 'late', key: 'ssh-ed25519 AAAA' }]));
    };
    await expect(controlPlane.listPublicKeys(signal)).resolves.toEqual([]);
    await expect(controlPlane.listPublicKeys(signal)).resolves.toEqual([]);
  });

  test('an error that is null is none', async () => {
    onCall = (socket, id) => socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: [], error: null }));
    await expect(controlPlane.listPublicKeys(signal)).resolves.toEqual([]);
  });
});

test.each([
  ['no result', '{"jsonrpc":"2.0","id":0}'],
  ['another shape', answer(0, { keys: [] })],
  ['another shape inside', answer(0, [{ name: 'x' }])],
  ['an error without a code', '{"jsonrpc":"2.0","id":0,"error":"boom"}'],
  ['an error of another shape', '{"jsonrpc":"2.0","id":0,"error":{"code":"x","message":7}}'],
])('an answer with %s is a failure of the installation', async (_what, message) => {
  onCall = (socket) => socket.send(message);
  await expect(controlPlane.listPublicKeys(signal)).rejects.toMatchObject({ code: 'INSTALLATION_ERROR' });
});

test('a message larger than any answer ends the connection, not the helper', async () => {
  onCall = (socket, id) => socket.send(answer(id, 'x'.repeat(33 * 1024 * 1024)));
  await expect(controlPlane.listPublicKeys(signal)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
});

test('a server that closes each connection is unreachable', async () => {
  onCall = (socket) => socket.terminate();
  await expect(controlPlane.listPublicKeys(signal)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
});

test('a server that falls silent is unreachable: it does not even answer pings', async () => {
  const silent: Duplex[] = [];
  onUpgrade = (socket) => {
    silent.push(socket);
    return true;
  };
  onCall = () => silent.at(-1)?.pause();
  await expect(controlPlane.listPublicKeys(signal)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  expect(silent).toHaveLength(2);
  for (const socket of silent) socket.destroy();
});

test.each([
  ['302 Found', 'NOT_AN_INSTALLATION'],
  ['301 Moved Permanently', 'NOT_AN_INSTALLATION'],
  ['307 Temporary Redirect', 'NOT_AN_INSTALLATION'],
  ['200 OK', 'NOT_AN_INSTALLATION'],
])('an upgrade answered with %s goes nowhere else, and neither does the token', async (status, code) => {
  const { port } = server.address() as AddressInfo;
  onUpgrade = (socket) => {
    socket.end(`HTTP/1.1 ${status}\r\nLocation: https://elsewhere.test:${port}/canary\r\nContent-Length: 0\r\n\r\n`);
    return false;
  };
  await expect(controlPlane.listPublicKeys(signal)).rejects.toMatchObject({ code });
  expect(requests).toEqual([]);
});
