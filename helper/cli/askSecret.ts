import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Secret } from '../platform/secret.ts';

/**
 * Asks for a secret on the terminal without showing what is typed.
 *
 * @param signal ends the question, as when nobody waits for the answer any more.
 * @returns undefined for an empty answer, or when the question was ended.
 */
export async function askSecret(title: string, signal: AbortSignal): Promise<Secret | undefined> {
  const silent = new Writable({ write: (_chunk, _encoding, callback) => callback() });
  process.stderr.write(`${title}: `);
  using terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  // The terminal is raw, so that nothing is shown: Ctrl-C is a character like others here, and interrupts nothing by itself.
  terminal.on('SIGINT', () => process.emit('SIGINT'));
  const ended = once(terminal, 'close', { signal }).then(() => ''); // a question at the end of input is never answered
  const answer = await Promise.race([terminal.question('', { signal }), ended]).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return '';
  });
  process.stderr.write('\n');
  return answer === '' ? undefined : new Secret(answer);
}
