import { readdirSync } from 'node:fs';
import { ConnectionMethod } from '../../../helper/gen/gitpod/helper/v1/common.ts';
import { FaultyNetwork } from '../../support/faultyNetwork.ts';
import { NumberedEcho } from '../../support/numberedEcho.ts';
import { WatchedConnection } from '../../support/watchedConnection.ts';
import { makeWorld, type World } from '../../support/world.ts';

/** What faults strike: a world, and the network in it. */
export interface Stage extends AsyncDisposable {
  readonly world: World;
  readonly network: FaultyNetwork;
  /** A helper that knows nothing any more of what was before, and holds nothing of it. */
  readonly reset: () => Promise<void>;
  readonly connect: () => WatchedConnection;
  /** A new client of the IDE backend, with a join link of its own. */
  readonly newClient: () => Promise<NumberedEcho>;
  /** Files and sockets that the helper has open. */
  readonly openFiles: () => number;
}

/** Sets the stage. By owner token: all that a key needs is needed by the token as well. */
export async function setStage(): Promise<Stage> {
  await using resources = new AsyncDisposableStack();
  const world = resources.use(await makeWorld({ gitpod: { callsPerMinute: 100_000 } }));
  const { gitpod } = world;
  const network = resources.use(await FaultyNetwork.between([gitpod.httpsPort, gitpod.sshPort]));
  const request = { method: ConnectionMethod.SSH_GATEWAY_OWNER_TOKEN, backendDeadlineSeconds: 60 };
  const connect = () => new WatchedConnection(world.connect(request));
  const owned = resources.move();
  return {
    world,
    network,
    reset: async () => {
      Object.assign(network, { delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, refuses: false });
      await world.initialize({ resolve: [gitpod.resolve.replace('127.0.0.1', network.address)] });
    },
    connect,
    newClient: async () => {
      await using joined = connect(); // whoever joins a connection gets a link of its own
      const { value } = await joined.next('ready');
      return await NumberedEcho.join(value.joinLink);
    },
    openFiles: () => readdirSync(`/proc/${world.helper.child.pid}/fd`).length,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
