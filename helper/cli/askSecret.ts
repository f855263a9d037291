import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Secret } from '../platform/secret.ts';

/** Asks for a secret on the terminal without showing what is typed. @returns undefined for an empty answer. */
export async function askSecret(title: string): Promise<Secret | undefined> {
  const silent = new Writable({ write: (_chunk, _encoding, callback) => callback() });
  process.stderr.write(`${title}: `);
  using terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  const answer = await terminal.question('');
  process.stderr.write('\n');
  return answer === '' ? undefined : new Secret(answer);
}
