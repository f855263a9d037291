import { allChecks } from '../diagnosis/allChecks.ts';
import type { CheckResult } from '../diagnosis/check.ts';
import type { Examination } from '../diagnosis/examination.ts';
import { type Outcome, outcomeOf, runChecks } from '../diagnosis/runChecks.ts';
import { checkDocument, DoctorReport } from './doctorReport.ts';
import type { ActionContext } from './runCommand.ts';

const exitCodes: Readonly<Record<Outcome, number>> = { healthy: 0, degraded: 8, broken: 9 };

/** Runs all checks and prints each result in its place as soon as it is known. */
export async function checkAndReport(examination: Examination, { output, signal }: ActionContext): Promise<void> {
  const report = new DoctorReport(output);
  const running = runChecks(allChecks, examination, signal);
  const results: CheckResult[] = [];
  for (const [index, result] of running.entries()) {
    const clear = report.showWaiting(allChecks[index]?.title ?? '');
    const found = await result.finally(clear);
    report.print(found);
    results.push(found);
  }
  const outcome = outcomeOf(results);
  output.document({ doctor: { outcome, checks: results.map(checkDocument) } });
  report.printOutcome(outcome, results);
  process.exitCode = exitCodes[outcome];
}
