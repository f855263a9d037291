import { createInterface } from 'node:readline/promises';

/**
 * Asks on the terminal for yes or no. Anything but a yes is a no.
 *
 * @param signal ends the question, as when nobody waits for the answer any more. @returns undefined then.
 */
export async function askConsent(title: string, signal: AbortSignal): Promise<boolean | undefined> {
  // The terminal itself edits the line, so that Ctrl-C interrupts the program as ever.
  using terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${title} [y/N] `, { signal })).trim());
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('\n');
    return undefined;
  }
}
