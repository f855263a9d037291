import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { closedPort } from '../support/closedPort.ts';
import { failureOf, makeWorld, untilReady, type World } from '../support/world.ts';

let world: World;
let server: Server;
let remotePort: number;
beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  remotePort = portOf(server);
  world = await makeWorld();
  await world.registerKey();
  await world.initialize();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  server.close();
  await once(server, 'close');
});

function portOf(listening: Server): number {
  const address = listening.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function echo(port: number, message: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(message);
  return text(socket);
}

describe('further ports of a workspace', () => {
  test('are forwarded through the same connection, each at the local port asked for or a free one', async () => {
    const wanted = await closedPort();
    const forwards = [
      { localPort: 0, remotePort },
      { localPort: wanted, remotePort },
    ];
    const events = world.connect({ forwards })[Symbol.asyncIterator]();
    const ready = await untilReady(events);
    const [anyPort, samePort] = ready.forwards;
    expect(samePort).toEqual({ localPort: wanted, remotePort });
    expect(anyPort?.localPort).toBeGreaterThan(0);
    expect(await echo(anyPort?.localPort ?? 0, 'one')).toBe('one');
    expect(await echo(wanted, 'two')).toBe('two');
    await events.return(undefined);
    await expect.poll(() => echo(wanted, '').catch(({ code }) => code)).toBe('ECONNREFUSED');
  });

  test('come back with the connection', async () => {
    const events = world.connect({ forwards: [{ localPort: 0, remotePort }] })[Symbol.asyncIterator]();
    const port = (await untilReady(events)).forwards[0]?.localPort ?? 0;
    expect(await echo(port, 'before')).toBe('before');
    world.workspace.dropConnections();
    for (let kind: string | undefined; kind !== 'restored'; kind = (await events.next()).value.event?.$case);
    expect(await echo(port, 'after')).toBe('after');
    await events.return(undefined);
  });

  test('a port on which nothing listens closes the connection, and leaves the others alone', async () => {
    const forwards = [
      { localPort: 0, remotePort: await closedPort() },
      { localPort: 0, remotePort },
    ];
    const events = world.connect({ forwards })[Symbol.asyncIterator]();
    const [nothing, something] = (await untilReady(events)).forwards;
    await expect(echo(nothing?.localPort ?? 0, 'x').catch(({ code }) => code)).resolves.toMatch(/^$|ECONNRESET/);
    expect(await echo(something?.localPort ?? 0, 'y')).toBe('y');
    await events.return(undefined);
  });

  test('a local port that is taken is a failure that names it', async () => {
    const forwards = [{ localPort: remotePort, remotePort }];
    expect(await failureOf(world.connect({ forwards }))).toMatchObject({
      code: FailureCode.LOCAL_PORT_IN_USE,
      message: expect.stringContaining(String(remotePort)),
    });
  });
});
