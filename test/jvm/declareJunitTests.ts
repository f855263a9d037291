import { describe, test } from 'vitest';
import { type Jdk, missingForJvmTests } from './jdk.ts';
import { runMavenTest } from './mavenTest.ts';
import type { SurefireTestCase } from './surefireReport.ts';

/**
 * Runs JUnit's tests and declares one here for each: they are known by name only once they have run, and there is no time
 * limit while tests are being declared. Where they cannot run, one line says so, and one test that fails where all must.
 *
 * @param jdk runs them; the one that Maven uses without it.
 */
export async function declareJunitTests(speed: 'fast' | 'slow', jdk?: Jdk): Promise<void> {
  const missing = await missingForJvmTests();
  if (missing === undefined) await runAndDeclare(speed, jdk);
  else declareThatNothingRan(missing);
}

/** One test here for each of JUnit's, and one for the build around them. */
async function runAndDeclare(speed: 'fast' | 'slow', jdk: Jdk | undefined): Promise<void> {
  const { exitCode, cases, logTail } = await runMavenTest(speed, jdk);
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
