import { expect, test } from 'vitest';
import { expectResolversToAgree } from '../../../support/ssh/resolversAgree.ts';

test('both resolvers agree on 5000 generated configurations', async () => {
  const { accepted } = await expectResolversToAgree(200);
  expect(accepted).toBeGreaterThan(2_500);
});
