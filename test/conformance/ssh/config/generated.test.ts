import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SshConfigError } from '../../../../helper/ssh/errors.ts';
import { resolveWithout } from '../../../support/ssh/bothResolvers.ts';
import { expectResolversToAgree } from '../../../support/ssh/resolversAgree.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';

test('both resolvers agree on 500 generated configurations', async () => {
  const { accepted } = await expectResolversToAgree(20);
  expect(accepted).toBeGreaterThan(250);
});

test('any bytes resolve or are refused with the typed error', async () => {
  const keyword = fc.constantFrom(
    'Host ',
    'Match host ',
    'Match ',
    'Include ',
    'ProxyJump ',
    'IdentityAgent ',
    '',
    '\n',
  );
  const bytes = fc
    .array(
      fc.oneof(
        keyword.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array)),
      ),
    )
    .map((parts) => Buffer.concat(parts));
  await using home = scratchHome();
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      home.write('.ssh/config', content);
      const outcome: unknown = await resolveWithout(home.environment(), { host: 'a' }).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(SshConfigError);
      else expect(outcome).toMatchObject({ host: 'a' });
    }),
    { numRuns: 500 },
  );
});
