import type { Explanation } from './explanation.ts';
import { hostNames } from './hostNames.ts';
import { prompts } from './prompts.ts';
import { sshMessages } from './sshMessages.ts';

/**
 * Says what a host name, prompt or message means that somebody has met. Of a text of several lines, the first line that
 * is known counts; messages are looked for before prompts, as what is wrong matters more than what is asked.
 *
 * @returns undefined when it is not known.
 */
export function explainText(text: string): Explanation | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^(?:debug1|ssh): /, ''));
  for (const { pattern, explain } of [...sshMessages, ...prompts, ...hostNames]) {
    for (const line of lines) {
      const found = pattern.exec(line);
      if (found !== null) return explain(found.groups ?? {});
    }
  }
  return undefined;
}
