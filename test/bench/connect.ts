/**
 * Round trips from `Connect` to the backend's first byte, by a network with a round trip of 100 ms beside one without delay:
 * `node test/bench/connect.ts [ROUNDS]`. Everything is fetched anew each time.
 */
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { buildHelper } from '../../build.ts';
import { ConnectionMethod } from '../../helper/gen/gitpod/helper/v1/common.ts';
import { WorkspaceServiceService } from '../../helper/gen/gitpod/helper/v1/workspace_service.ts';
import { FaultyNetwork } from '../support/faultyNetwork.ts';
import { makeWorld, untilReady } from '../support/world.ts';
import { distribution, interleave } from './measure.ts';

const rounds = Number(process.argv[2] ?? 10);
const roundTripMs = 100;
await buildHelper();

await using world = await makeWorld({ gitpod: { callsPerMinute: 100_000 } });
const { gitpod } = world;
await using network = await FaultyNetwork.between([gitpod.httpsPort, gitpod.sshPort]);
await world.registerKey();

const { SSH_GATEWAY_KEY, SSH_GATEWAY_OWNER_TOKEN } = ConnectionMethod;
const measured = await interleave(
  {
    'by key': () => connectMs(SSH_GATEWAY_KEY, 0),
    'by key, delayed': () => connectMs(SSH_GATEWAY_KEY, roundTripMs),
    'by owner token': () => connectMs(SSH_GATEWAY_OWNER_TOKEN, 0),
    'by owner token, delayed': () => connectMs(SSH_GATEWAY_OWNER_TOKEN, roundTripMs),
    'over the WebSocket': () => connectMs(SSH_GATEWAY_OWNER_TOKEN, 0, 'WebSocket'),
    'over the WebSocket, delayed': () => connectMs(SSH_GATEWAY_OWNER_TOKEN, roundTripMs, 'WebSocket'),
  },
  { rounds, warmUps: 1 },
);

for (const name of ['by key', 'by owner token', 'over the WebSocket'] as const) {
  const [near, far] = [distribution(measured[name]).p50, distribution(measured[`${name}, delayed`]).p50];
  const trips = ((far - near) / roundTripMs).toFixed(1);
  console.log(
    `${name.padEnd(20)} p50 ${near.toFixed(0)} ms, at ${roundTripMs} ms ${far.toFixed(0)} ms: ${trips} round trips`,
  );
}

/** A first connect of a helper that has listed the workspaces, as a person who picks one has. */
async function connectMs(method: ConnectionMethod, roundTrip: number, transport = 'TCP'): Promise<number> {
  network.delayMs = 0;
  await world.initialize({ resolve: [gitpod.resolve.replace('127.0.0.1', network.address)] });
  await world.helper.client.unary(WorkspaceServiceService.listWorkspaces, {
    hosts: [],
    query: '',
    phases: [],
    pageSize: 10,
    pageToken: '',
  });
  gitpod.faults.refuseSsh = transport === 'WebSocket';
  network.delayMs = roundTrip / 2;
  const startedAt = performance.now();
  const events = world.connect({ method })[Symbol.asyncIterator]();
  const { localPort } = await untilReady(events);
  const socket = connectTls({ host: '127.0.0.1', port: localPort, rejectUnauthorized: false });
  await once(socket, 'secureConnect'); // the backend has spoken
  const elapsedMs = performance.now() - startedAt;
  socket.destroy();
  await events.return(undefined);
  return elapsedMs;
}
