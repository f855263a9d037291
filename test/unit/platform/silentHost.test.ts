import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { networkFailure } from '../../../helper/account/networkFailure.ts';
import { Deadline, DeadlineError } from '../../../helper/platform/deadline.ts';
import { Network } from '../../../helper/platform/network/network.ts';

test('a host that never answers is told by the deadline, not as a connection that failed', async () => {
  await using server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  using network = new Network({ resolve: [], additionalCaPem: [] });
  using deadline = new Deadline('asking', 100);
  const url = new URL(`https://127.0.0.1:${port}/`);
  const asking = network.get(url, { signal: deadline.signal, maxBodyBytes: 1 });
  const error: unknown = await asking.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DeadlineError);
  expect(networkFailure(error, url.host).message).toBe(`127.0.0.1:${port} cannot be reached: it does not answer.`);
});
