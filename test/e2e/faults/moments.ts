import { ConnectPhase } from '../../../helper/gen/gitpod/helper/v1/connection_service.ts';
import type { NumberedEcho } from '../../support/numberedEcho.ts';
import type { WatchedConnection } from '../../support/watchedConnection.ts';
import type { Moment } from './faults.ts';
import type { Stage } from './stage.ts';

/** A connection at the moment when a fault is to strike. */
export interface Scene extends AsyncDisposable {
  readonly connection: WatchedConnection;
  /** What the connection carries. */
  readonly clients: readonly NumberedEcho[];
}

const handshakeDelayMs = 50;
const loadBytes = 256 * 1024;
const clientsUnderLoad = 3;

/** In the order in which a connection comes to them. */
export const everyMoment: readonly Moment[] = [
  'before authentication',
  'while idle',
  'under load',
  'while reconnecting',
];

/** Brings a connection to a moment. */
export const bringTo: Readonly<Record<Moment, (stage: Stage) => Promise<Scene>>> = {
  'before authentication': async (stage) => {
    const connection = stage.connect();
    await dialling(stage, connection, 0);
    return scene(connection);
  },
  'while idle': async (stage) => {
    const connection = stage.connect();
    await connection.next('ready');
    return scene(connection);
  },
  'under load': async (stage) => {
    const connection = stage.connect();
    await connection.next('ready');
    const clients: NumberedEcho[] = [];
    for (let count = 0; count < clientsUnderLoad; count++) clients.push(await stage.newClient());
    await Promise.all(clients.map((client) => client.moreEchoes(loadBytes)));
    return scene(connection, clients);
  },
  'while reconnecting': async (stage) => {
    const connection = stage.connect();
    await connection.next('ready');
    stage.network.refuses = true;
    stage.network.drop();
    await connection.next('interrupted');
    const from = connection.events.length;
    await connection.next('interrupted', from); // an attempt has failed
    stage.network.refuses = false;
    await dialling(stage, connection, from);
    return scene(connection);
  },
};

function scene(connection: WatchedConnection, clients: readonly NumberedEcho[] = []): Scene {
  return { connection, clients, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
}

/** Slowly, so that the handshake is not over before the fault strikes. */
async function dialling({ network }: Stage, connection: WatchedConnection, from: number): Promise<void> {
  network.delayMs = handshakeDelayMs;
  await connection.next('phase', from, ({ value }) => value.phase === ConnectPhase.CONNECTING);
  network.delayMs = 0;
}
