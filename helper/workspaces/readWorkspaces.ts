import type { ControlPlane } from '../account/controlPlane.ts';
import type { WorkspaceRecord } from '../account/records.ts';
import { log } from '../log.ts';

/** More than anybody has; what is beyond is not seen. */
export const maxWorkspaces = 10_000;

const firstLimit = 64;
const growth = 8;

/**
 * Reads the first workspaces of an installation. The server has no offset (gitpod-wire §2.4), so the limit rises until
 * there are enough of them, or no more.
 *
 * @param isEnough looks at what was read so far.
 * @throws Failure, or the signal's reason.
 */
export async function readWorkspaces(
  controlPlane: Pick<ControlPlane, 'listWorkspaces'>,
  isEnough: (records: readonly WorkspaceRecord[]) => boolean,
  signal: AbortSignal,
): Promise<readonly WorkspaceRecord[]> {
  for (let limit = firstLimit; ; limit *= growth) {
    const asked = Math.min(limit, maxWorkspaces);
    const records = await controlPlane.listWorkspaces(asked, signal);
    warnOfCap(records.length, asked);
    if (records.length < asked || asked === maxWorkspaces || isEnough(records)) return records;
  }
}

/** A round number below the limit is not a coincidence: the server gives no more than that. */
function warnOfCap(count: number, asked: number): void {
  if (count > 0 && count < asked && count % 100 === 0) log.warn('workspaces.perhaps_capped', { count, asked });
}
