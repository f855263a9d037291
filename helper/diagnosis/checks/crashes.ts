import { listCrashReports } from '../../platform/crashReports.ts';
import { helperDirectory } from '../../platform/helperDirectory.ts';
import { amiss, type Check, ok } from '../check.ts';

const recentlyMs = 24 * 3_600_000;

/** Whether a helper has ended by a fault of its own lately. */
export const crashes: Check = {
  id: 'crashes',
  area: 'This machine',
  title: 'Crashes of the helper',
  after: [],
  examine: async ({ subject }) => {
    const { home, env } = subject.core.context.openSsh;
    const newest = listCrashReports(helperDirectory(home, env)).at(-1);
    if (newest === undefined) return ok('none');
    if (Date.now() - Date.parse(`${newest.at}Z`) > recentlyMs) return ok(`none lately; the last on ${newest.at}`);
    const text = 'Report it, with a diagnostics bundle, which has the report';
    const command = 'gitpod-helper diagnostics --output diagnostics.tar.gz';
    return amiss('warning', `one on ${newest.at} (${newest.path})`, [{ action: 'COLLECT_DIAGNOSTICS', text, command }]);
  },
};
