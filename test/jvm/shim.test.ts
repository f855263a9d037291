import { describe, test } from 'vitest';
import { missingForJvmTests } from './jdk.ts';
import { runMavenTest } from './mavenTest.ts';
import type { SurefireTestCase } from './surefireReport.ts';

// JUnit's tests are known by name only once they have run; there is no time limit while tests are being declared.
const missing = await missingForJvmTests();
if (missing === undefined) await declareJunitTests();
else declareThatNothingRan(missing);

/** One test here for each of JUnit's, and one for the build around them. */
async function declareJunitTests(): Promise<void> {
  const { exitCode, cases, logTail } = await runMavenTest();
  const failedTests = cases.filter(({ outcome }) => outcome.kind === 'failed');
  test('the shim builds and its tests run', () => {
    if (cases.length === 0 || (exitCode !== 0 && failedTests.length === 0)) {
      throw new Error(`mvn test ended with ${exitCode} after ${cases.length} tests:\n${logTail}`);
    }
  });
  for (const [className, ofClass] of Map.groupBy(cases, (one) => one.className)) {
    describe(className, () => {
      for (const one of ofClass) declare(one);
    });
  }
}

function declare({ name, outcome }: SurefireTestCase): void {
  switch (outcome.kind) {
    case 'passed':
      test(name, () => undefined);
      break;
    case 'skipped':
      test.skip(name);
      break;
    case 'failed':
      test(name, () => {
        throw new Error(outcome.report);
      });
  }
}

function declareThatNothingRan(what: string): void {
  process.stderr.write(`JVM tests not run: ${what}\n`);
  test('the JVM tests can run where all tests must', () => {
    if (process.env['CI'] === 'true') throw new Error(`JVM tests not run: ${what}`);
  });
}
