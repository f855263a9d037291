import { leftoversOf } from '../diagnosis/checks/leftovers.ts';
import type { Examination } from '../diagnosis/examination.ts';
import { removalDiff } from '../diagnosis/leftovers/removalDiff.ts';
import { removeLeftovers, restoreLeftovers } from '../diagnosis/leftovers/removeLeftovers.ts';
import { failure } from '../failures.ts';
import { helperDirectory } from '../platform/helperDirectory.ts';
import { askConsent } from './askConsent.ts';
import type { DoctorOptions } from './doctor.ts';
import type { ActionContext } from './runCommand.ts';

/** `doctor --fix`: shows what would go, asks, and takes it out. */
export async function fixLeftovers(
  examination: Examination,
  { yes }: DoctorOptions,
  { output, signal }: ActionContext,
): Promise<void> {
  const found = await leftoversOf(examination);
  const removals = found.flatMap((leftover) => (leftover.isByHand ? [] : leftover.removals));
  for (const { description, isByHand, removals: shown } of found) {
    output.line(isByHand ? `${description}. Take it out yourself, it is your editor's:` : `${description}:`);
    for (const removal of shown) for (const line of removalDiff(removal)) output.line(line);
  }
  if (removals.length === 0) {
    output.line('There is nothing to take out.');
    output.document({ changed: [] });
    return;
  }
  if (!yes && !(await consents(signal))) {
    throw failure('INVALID_ARGUMENT', { argument: 'doctor --fix', problem: 'it was not agreed to; see --yes' });
  }
  const changed = await removeLeftovers(removals, ownDirectory(examination));
  output.document({ changed });
  for (const path of changed) output.line(`Changed ${path}.`);
  output.line('Put it back with: gitpod-helper doctor --undo');
}

/** `doctor --undo`: puts back what `--fix` took out. */
export async function undoFix(examination: Examination, _options: DoctorOptions, { output }: ActionContext) {
  const { restored, changedSince } = await restoreLeftovers(ownDirectory(examination));
  output.document({ restored, changed_since: changedSince });
  for (const path of restored) output.line(`Put back ${path}.`);
  for (const path of changedSince) output.line(`Left alone ${path}: it was changed since.`);
  if (restored.length + changedSince.length === 0) output.line('There is nothing to put back.');
}

function consents(signal: AbortSignal): Promise<boolean | undefined> {
  return process.stdin.isTTY ? askConsent('Take this out?', signal) : Promise.resolve(false);
}

function ownDirectory({ subject }: Examination): string {
  const { home, env } = subject.core.context.openSsh;
  return helperDirectory(home, env);
}
