import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeOf } from '../helper/cli/exitCodes.ts';
import { describeSituation, type FailureCode, failureCodes, type Remedy } from '../helper/failures.ts';

/** Where the page is. */
export const failureDocsPath = join(import.meta.dirname, '../docs/failures.md');

/** The page on every failure, made from the catalogue: its message, its remedies, the exit code of the command line. */
export function failureDocs(): string {
  return `# Every failure, and what to do

Generated from \`helper/failures.ts\` by \`npm run docs\`. What is in angle brackets is filled in with the facts of the case. The
names are those of the contract (\`gitpod.helper.v1.FailureCode\`) and of \`--json\`.

${[...failureCodes].sort().map(section).join('\n')}`;
}

function section(code: FailureCode): string {
  const { message, remedies, retryable } = describeSituation(code);
  const facts = `Exit code ${exitCodeOf(code)}${retryable ? '; the same may work later without anything being changed' : ''}.`;
  return `## ${code}

> ${inText(message)}

${remedies.map((remedy) => `- ${inMarkdown(remedy)}`).join('\n')}

${facts}
`;
}

function inMarkdown({ text, command, url }: Remedy): string {
  return `${inText(text)}${command === undefined ? '' : `: \`${command}\``}${url === undefined ? '' : ` (\`${url}\`)`}`;
}

function inText(text: string): string {
  return text.replaceAll('<', '\\<');
}

if (import.meta.main) writeFileSync(failureDocsPath, failureDocs());
