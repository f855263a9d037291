import { keyNextStep } from '../../connection/keyNextStep.ts';
import type { Remedy } from '../../failures.ts';
import { fingerprintSha256 } from '../../ssh/identities/publicKey.ts';
import { amiss, type Check, ok, skipped } from '../check.ts';

/** Every key of this machine and of the account, and whether one works without asking. */
export const keys: Check = {
  id: 'keys',
  area: 'SSH keys and OpenSSH',
  title: 'SSH keys',
  after: ['ssh-config'],
  examine: async (examination) => {
    const report = await examination.keys();
    const { local, registered } = report.matches;
    if (report.registeredFailure !== undefined) {
      const names = local.map(({ identity }) => identity.path ?? `agent: ${identity.publicKey?.comment ?? ''}`);
      const value = `${local.length} on this machine; whether one is registered is not known`;
      return { ...skipped(value), details: [...names, report.registeredFailure.message] };
    }
    const details = [
      ...local.map(({ verdict, reason }) => `${verdict}: ${reason}`),
      ...registered.map(({ key, verdict, reason }) => `registered "${key.name}", ${verdict}: ${reason}`),
    ];
    const usable = local.find(({ verdict }) => verdict === 'usable')?.identity;
    if (usable?.publicKey !== undefined) {
      return ok(`${fingerprintSha256(usable.publicKey.blob)} (${usable.path ?? 'SSH agent'}) is used`, details);
    }
    const value = 'no registered key signs without asking; the owner token is used instead';
    return amiss('warning', value, [asRemedy(keyNextStep(report, examination.subject.installation))], details);
  },
};

/** `Do this: command` as a remedy. */
function asRemedy(step: string): Remedy {
  const [, text = step, command] = /^([^:]+): (\S+ [^,]*)/.exec(step) ?? [];
  return { action: 'RUN_COMMAND', text, ...(command === undefined ? {} : { command }) };
}
