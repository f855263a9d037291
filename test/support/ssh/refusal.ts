import { assertSafeDestination, type Destination } from '../../../helper/ssh/config/destination.ts';
import { SshConfigError } from '../../../helper/ssh/errors.ts';

/** Gives undefined when it is refused with an SshConfigError. */
export function unlessRefused<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof SshConfigError) return undefined;
    throw error;
  }
}

export function isSafe(destination: Destination): boolean {
  const accepted = unlessRefused(() => {
    assertSafeDestination(destination);
    return true;
  });
  return accepted === true;
}
