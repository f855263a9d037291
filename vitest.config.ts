import { defineConfig } from 'vitest/config';

const shared = {
  environment: 'node' as const,
  globalSetup: ['test/support/globalSetup.ts'],
  setupFiles: ['test/support/leakGuard.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

const slowTests = 'test/**/*.slow.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: process.env['TEST_RESULTS_FILE'] ?? 'test-results/last.json' }]],
    projects: [
      { test: { ...shared, name: 'fast', include: ['test/**/*.test.ts'], exclude: [slowTests] } },
      { test: { ...shared, name: 'slow', include: [slowTests], testTimeout: 600_000 } },
    ],
  },
});
