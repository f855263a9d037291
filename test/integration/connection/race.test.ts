import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NobodyWonError, type Racer, race } from '../../../helper/connection/race.ts';

const longHeadStartMs = 60_000;
const { signal } = new AbortController();

let servers: Server[];
let sockets: Set<Socket>;
beforeEach(() => {
  servers = [];
  sockets = new Set();
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A way to a server that says `greeting`, or nothing. */
async function way(name: string, greeting: string | undefined): Promise<Racer> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (greeting !== undefined) socket.write(greeting);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    name,
    open: async (abort) => {
      const socket = connect({ port, host: '127.0.0.1', signal: abort });
      sockets.add(socket);
      await once(socket, 'connect');
      return socket;
    },
  };
}

const closed = (name: string): Racer => ({ name, open: () => Promise.reject(new Error(`${name} is closed`)) });
const ident = 'SSH-2.0-GITPOD-GATEWAY\r\n';

describe('the race', () => {
  test('is won by the first way when it answers, and the second is not even tried', async () => {
    let tried = false;
    const second: Racer = {
      name: 'second',
      open: () => {
        tried = true;
        return Promise.reject(new Error('tried'));
      },
    };
    const won = await race([await way('first', ident), second], longHeadStartMs, signal);
    expect(won.racer.name).toBe('first');
    expect(String(won.stream.read())).toBe(ident); // still there for the SSH client
    expect(tried).toBe(false);
    won.stream.destroy();
  });

  test('goes to the second at once when the first is closed', async () => {
    const won = await race([closed('first'), await way('second', ident)], longHeadStartMs, signal);
    expect(won.racer.name).toBe('second');
    expect(won.otherFailure).toMatchObject({ message: 'first is closed' });
    won.stream.destroy();
  });

  test('goes to the second when the first accepts and stalls; the first is closed', async () => {
    const won = await race([await way('first', undefined), await way('second', ident)], 10, signal);
    expect(won.racer.name).toBe('second');
    expect(won.otherFailure).toBeUndefined();
    won.stream.destroy();
    await expect.poll(() => [...sockets].every((socket) => socket.destroyed || socket.readableEnded)).toBe(true);
  });

  test('is not won by what is not SSH', async () => {
    const http = await way('http', `HTTP/1.1 400 Bad Request\r\n\r\n${'x'.repeat(10_000)}`);
    const won = await race([http, await way('second', ident)], longHeadStartMs, signal);
    expect(won.racer.name).toBe('second');
    won.stream.destroy();
  });

  test('lets lines come before the identification string (RFC 4253 §4.2)', async () => {
    const won = await race([await way('first', `hello\r\n${ident}`), closed('second')], longHeadStartMs, signal);
    expect(String(won.stream.read())).toBe(`hello\r\n${ident}`);
    won.stream.destroy();
  });

  test('tells both reasons, in order, when nobody wins', async () => {
    const error = await race([closed('first'), closed('second')], longHeadStartMs, signal).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NobodyWonError);
    expect(error).toMatchObject({ reasons: [{ message: 'first is closed' }, { message: 'second is closed' }] });
  });

  test('is won by nobody when both accept and stall', async () => {
    const stalling = [await way('first', undefined), await way('second', undefined)] as const;
    const error = await race(stalling, 10, signal, 100).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NobodyWonError);
    expect(error).toMatchObject({ reasons: [{ name: 'DeadlineError' }, { name: 'DeadlineError' }] });
    await expect.poll(() => [...sockets].every((socket) => socket.destroyed || socket.readableEnded)).toBe(true);
  });

  test('ends with the signal', async () => {
    const abort = new AbortController();
    const running = race([await way('first', undefined), await way('second', undefined)], 1, abort.signal);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});
