import { expect } from 'vitest';
import { type CheckDocument, makePatient, type Patient } from './patient.ts';

/** Something that is broken, the line that tells it, and its remedy. */
export interface Situation {
  readonly name: string;
  readonly breakIt: (patient: Patient) => Promise<void> | void;
  /** The check that has to find it. */
  readonly check: string;
  readonly verdict: 'warning' | 'problem';
  readonly value: RegExp;
  readonly remedy: RegExp;
  /** Does what the remedy says. */
  readonly heal: (patient: Patient, found: CheckDocument) => Promise<void> | void;
}

/** Breaks something, asks the doctor, follows the remedy, and asks again. */
export async function expectDiagnosis({ breakIt, check, verdict, value, remedy, heal }: Situation): Promise<void> {
  await using patient = await makePatient();
  await breakIt(patient);
  const ill = await patient.doctor();
  const found = ill.check(check);
  expect(found).toMatchObject({ verdict, value: expect.stringMatching(value) });
  const remedies = found.remedies.map(({ text, command = '', url = '' }) => `${text} ${command} ${url}`.trim());
  expect(remedies.join('\n')).toMatch(remedy);
  expect(ill.code).toBe(ill.outcome === 'broken' ? 9 : 8);
  expectFirst(ill.checks, check, verdict);
  await heal(patient, found);
  const healed = await patient.doctor();
  expect(healed.check(check), 'the remedy has not helped').toMatchObject({ verdict: 'ok' });
}

/** The cause comes before what follows from it. */
function expectFirst(checks: readonly CheckDocument[], id: string, verdict: string): void {
  if (verdict === 'problem') expect(checks.find((each) => each.verdict === 'problem')?.id).toBe(id);
}

/** The command of the remedy that has one. */
export function commandOf({ remedies }: CheckDocument): string {
  const command = remedies.find((remedy) => remedy.command !== undefined)?.command;
  if (command === undefined) throw new Error(`no remedy has a command: ${JSON.stringify(remedies)}`);
  return command;
}
