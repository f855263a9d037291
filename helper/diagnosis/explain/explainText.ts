import { describeSituation, type FailureCode, isFailureCode } from '../../failures.ts';
import { type Explanation, meaning } from './explanation.ts';
import { hostNames } from './hostNames.ts';
import { prompts } from './prompts.ts';
import { sshHeadlines, sshMessages } from './sshMessages.ts';

/**
 * Says what a host name, prompt, message or code of a failure means that somebody has met. Of a text of several lines, the first line that
 * is known counts; messages are looked for before prompts, as what is wrong matters more than what is asked.
 *
 * @returns undefined when it is not known.
 */
export function explainText(text: string): Explanation | undefined {
  const code = text.trim();
  if (isFailureCode(code)) return explainCode(code);
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^(?:debug1|ssh): /, ''));
  for (const known of [sshMessages, sshHeadlines, prompts, hostNames]) {
    for (const line of lines) {
      for (const { pattern, explain } of known) {
        const found = pattern.exec(line);
        if (found !== null) return explain(found.groups ?? {});
      }
    }
  }
  return undefined;
}

/** What the catalogue says of a failure whose code somebody has met. */
function explainCode(code: FailureCode): Explanation {
  const { message, remedies } = describeSituation(code);
  const todo = remedies.map(({ text, command, url }) =>
    [text, command ?? url].filter((part) => part !== undefined).join(': '),
  );
  return meaning(message, ...todo);
}
