import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Accounts } from '../../../helper/account/accounts.ts';
import { parseInstallation } from '../../../helper/account/installation.ts';
import { keepActive } from '../../../helper/connection/heartbeat.ts';
import { OwnerToken } from '../../../helper/connection/ownerToken.ts';
import type { Network } from '../../../helper/platform/network/network.ts';
import { Secret } from '../../../helper/platform/secret.ts';
import { EmbeddedGitpod, type EmbeddedWorkspace } from '../../embedded-gitpod/embeddedGitpod.ts';
import { networkTo } from '../../support/networkTo.ts';

let gitpod: EmbeddedGitpod;
let network: Network;
beforeEach(async () => {
  gitpod = await EmbeddedGitpod.start();
  network = networkTo(gitpod);
});
afterEach(async () => {
  network[Symbol.dispose]();
  await gitpod[Symbol.asyncDispose]();
});

/** Runs heartbeats at an interval of nothing until `stopAfter` answers were seen; gives their statuses. */
async function beat(
  stopAfter: number,
  onBeat: (count: number, workspace: EmbeddedWorkspace) => void,
): Promise<readonly number[]> {
  const user = gitpod.addUser({ name: 'ada' });
  const workspace = gitpod.addWorkspace(user);
  const credential = { host: gitpod.host, token: new Secret(user.personalAccessToken) };
  await using accounts = new Accounts([credential], network);
  const controlPlane = accounts.controlPlane(parseInstallation(gitpod.host));
  const over = new AbortController();
  const ownerToken = new OwnerToken(controlPlane, workspace.id, over.signal);
  const beats = () =>
    gitpod.events.flatMap((event) =>
      event.kind === 'http' && event.path === '/_supervisor/v1/send_heartbeat' ? [event.status] : [],
    );
  const keeping = keepActive(
    {
      network,
      controlPlane,
      untilInUse: async () => {
        onBeat(beats().length, workspace);
        if (beats().length >= stopAfter) over.abort();
        over.signal.throwIfAborted();
      },
      target: () => ({
        origin: workspace.ideUrl,
        workspaceId: workspace.id,
        instanceId: workspace.instanceId,
        ownerToken,
      }),
      intervalMs: () => 0,
    },
    over.signal,
  );
  await keeping.catch(() => undefined);
  return beats();
}

describe('heartbeats', () => {
  test('go on at each interval, also after one that failed', async () => {
    const statuses = await beat(4, (count) => {
      gitpod.faults.supervisorDown = count === 1;
    });
    expect(statuses).toEqual([200, 502, 200, 200]);
  });

  test('end for a supervisor that is too old for them', async () => {
    gitpod.faults.supervisorWithoutHeartbeat = true;
    expect(await beat(3, () => undefined)).toEqual([501]);
  });

  test('go on with another owner token after it was replaced', async () => {
    const statuses = await beat(3, (count, workspace) => {
      if (count === 1) workspace.rotateOwnerToken();
    });
    expect(statuses).toEqual([200, 403, 200]);
  });

  test('go on also when the other owner token could not be had at once', async () => {
    let untilTokensAreGiven = 3;
    const statuses = await beat(4, (count, workspace) => {
      if (count === 1) {
        workspace.rotateOwnerToken();
        gitpod.faults.rpcErrors.set('getOwnerToken', { code: 500, message: 'out of order' });
      }
      if (count === 2 && untilTokensAreGiven-- === 0) gitpod.faults.rpcErrors.clear();
    });
    expect(statuses).toEqual([200, 403, 200, 200]);
  });
});
