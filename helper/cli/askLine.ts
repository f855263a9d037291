import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

/**
 * Asks for a line on the terminal. The end of its input (Ctrl-D) is an empty one.
 *
 * @throws AbortError when the signal ends the question.
 */
export async function askLine(question: string, signal: AbortSignal): Promise<string> {
  // The terminal itself edits the line, so that Ctrl-C interrupts the program as ever.
  using terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = once(terminal, 'close', { signal }).then(() => ''); // a question at the end of input is never answered
  return await Promise.race([terminal.question(question, { signal }), ended]);
}
