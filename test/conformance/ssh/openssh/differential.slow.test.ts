import { test } from 'vitest';
import { assertInstallChangesOnlyOurHosts } from './support/differential.ts';

test('for fifteen hundred user configurations, installing changes our hosts alone', () =>
  assertInstallChangesOnlyOurHosts(1_500));
