import { expect, test } from 'vitest';
import { FailureCode } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { failureOf, makeWorld } from '../support/world.ts';

test('a supervisor that never gives its key pair is told, and nothing stays open', async () => {
  await using world = await makeWorld({ workspace: { upstream: 'hang' } });
  await world.initialize();
  const failure = await failureOf(world.connect({ useLocalApp: true }));
  expect(failure).toMatchObject({ code: FailureCode.INSTALLATION_ERROR });
  expect(failure.message).toMatch(/CreateSSHKeyPair.*the supervisor does not answer/);
  expect(failure.remedies.length).toBeGreaterThan(0);
  const opened = world.gitpod.events.filter(({ kind }) => kind === 'supervisor-tunnel');
  expect(opened).toMatchObject([{ status: 101 }]);
});
