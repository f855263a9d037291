import { log, recentLogLines, redactText } from './log.ts';
import { takeUntoldCrashReports, writeCrashReport } from './platform/crashReports.ts';
import { helperVersion } from './version.ts';

/** Leaves a report of a fault of our own behind: what it was, which helper, and the last events. No secrets. */
export function reportCrash(helperDirectory: string, error: unknown): string | undefined {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const report = {
    time: new Date().toISOString(),
    helper_version: helperVersion,
    node_version: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    error: redactText(what),
    last_events: recentLogLines(),
  };
  return writeCrashReport(helperDirectory, `${JSON.stringify(report, null, 2)}\n`);
}

/** Mentions in the log, once, what an earlier helper has left behind. */
export function mentionCrashReports(helperDirectory: string): void {
  try {
    for (const { path, at } of takeUntoldCrashReports(helperDirectory)) log.warn('crash.found', { path, at });
  } catch (error) {
    log.info('crash.found', { error }); // a directory that cannot be read is no reason not to start
  }
}
