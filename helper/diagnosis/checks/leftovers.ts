import type { Remedy } from '../../failures.ts';
import { amiss, type Check, ok } from '../check.ts';
import type { Examination } from '../examination.ts';
import { findLeftovers } from '../leftovers/findLeftovers.ts';
import type { Leftover } from '../leftovers/leftover.ts';

const removeThem: Remedy = {
  action: 'RUN_COMMAND',
  text: 'See what would go and take it out; doctor --undo puts it back',
  command: 'gitpod-helper doctor --fix',
};

/** What older tools have left behind. */
export const leftovers: Check = {
  id: 'leftovers',
  area: 'SSH keys and OpenSSH',
  title: "Older tools' leftovers",
  after: [],
  examine: async (examination) => {
    const found = await leftoversOf(examination);
    if (found.length === 0) return ok('none');
    const byHand = found.flatMap(({ isByHand, removals: [first] }): Remedy[] => {
      if (!isByHand || first === undefined) return [];
      const text = `Take line ${first.removedLines.join(', ')} out of ${first.path}: an editor's settings are yours`;
      return [{ action: 'CHANGE_SETTING', text }];
    });
    const remedies = [...(found.every(({ isByHand }) => isByHand) ? [] : [removeThem]), ...byHand];
    const details = found.map(({ description }) => description);
    return amiss('warning', `${found.length} found`, remedies, details);
  },
};

/** Looks for leftovers; of an SSH gateway whose host keys are known, fewer lines are telling. */
export async function leftoversOf(examination: Examination): Promise<readonly Leftover[]> {
  const { home, env } = examination.subject.core.context.openSsh;
  return findLeftovers({ home, env, gatewayKeys: await gatewayKeys(examination) });
}

async function gatewayKeys(examination: Examination): Promise<ReadonlySet<string>> {
  const address = await examination.addressIfKnown();
  if (address === undefined) return new Set();
  const keys = await examination.hostKeys(address).catch(() => []);
  return new Set(keys.map(({ blob }) => blob.toString('base64')));
}
