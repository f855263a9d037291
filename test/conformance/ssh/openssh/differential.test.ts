import { test } from 'vitest';
import { assertInstallChangesOnlyOurHosts } from './support/differential.ts';

test('for forty user configurations, installing changes our hosts alone', () => assertInstallChangesOnlyOurHosts(40));
