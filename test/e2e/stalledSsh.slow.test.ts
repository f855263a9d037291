import { expect, test } from 'vitest';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { failureOf, makeWorld } from '../support/world.ts';

test.for([
  { stallSsh: true, stallTunnel: 'at-once' },
  { refuseSsh: true, stallTunnel: 'after-identification' },
] as const)(
  'an SSH gateway that stalls behind the WebSocket is told as such, and not waited for without end: %o',
  async (faults) => {
    await using world = await makeWorld();
    Object.assign(world.gitpod.faults, { ...faults, supervisorDown: true });
    await world.initialize();
    const failure = await failureOf(world.connect());
    expect(failure).toMatchObject({ code: FailureCode.TUNNEL_REFUSED });
    expect(failure.message).toMatch(/^The WebSocket to .* cannot be used: it opens, then stalls\.$/);
  },
);
