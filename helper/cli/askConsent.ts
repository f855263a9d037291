import { askLine } from './askLine.ts';

/**
 * Asks on the terminal for yes or no. Anything but a yes is a no.
 *
 * @param signal ends the question, as when nobody waits for the answer any more. @returns undefined then.
 */
export async function askConsent(title: string, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    return /^y(es)?$/i.test((await askLine(`${title} [y/N] `, signal)).trim());
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('\n');
    return undefined;
  }
}
