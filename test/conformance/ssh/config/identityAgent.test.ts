import { describe, expect, test } from 'vitest';
import { resolveIn, variable } from '../../../support/ssh/bothResolvers.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';

describe('IdentityAgent', () => {
  test.each([
    ['', { kind: 'unset' }],
    ['IdentityAgent none', { kind: 'none' }],
    ['IdentityAgent SSH_AUTH_SOCK', { kind: 'variable', name: 'SSH_AUTH_SOCK' }],
    ['IdentityAgent $ZZ', { kind: 'variable', name: 'ZZ' }],
    [`IdentityAgent ${variable('HOME')}/x`, { kind: 'path', path: '<home>/x' }],
    ['IdentityAgent %d/x', { kind: 'path', path: '<home>/x' }],
    ['IdentityAgent ~/x', { kind: 'path', path: '<home>/x' }],
    ['IdentityAgent "/with blank/x"', { kind: 'path', path: '/with blank/x' }],
  ])('%s', async (text, expected) => {
    await using home = scratchHome(`${text}\n`);
    const { identityAgent } = await resolveIn(home, { host: 'a' });
    expect(identityAgent).toEqual(
      'path' in expected ? { ...expected, path: expected.path?.replace('<home>', home.path) } : expected,
    );
  });
});
