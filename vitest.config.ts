import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Begins with the files that take a minute and more: one of them at the end would leave a core idle. */
class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => /\/test\/(jvm\/shim|e2e\/faults|e2e\/doctor)/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const shared = {
  environment: 'node' as const,
  globalSetup: ['test/support/globalSetup.ts'],
  setupFiles: ['test/support/leakGuard.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // What is waited for comes at once on a machine with nothing else to do; one that is busy is no failure.
  expect: { poll: { timeout: 20_000 } },
};

const slowTests = 'test/**/*.slow.test.ts';

export default defineConfig({
  test: {
    sequence: { sequencer: LongOnesFirst },
    reporters: ['default', ['json', { outputFile: process.env['TEST_RESULTS_FILE'] ?? 'test-results/last.json' }]],
    projects: [
      { test: { ...shared, name: 'fast', include: ['test/**/*.test.ts'], exclude: [slowTests] } },
      { test: { ...shared, name: 'slow', include: [slowTests], testTimeout: 600_000 } },
    ],
  },
});
