import { styleText } from 'node:util';
import type { CheckResult, Verdict } from '../diagnosis/check.ts';
import type { Outcome } from '../diagnosis/runChecks.ts';
import type { Output } from './output.ts';
import { outputWidth, wrap } from './wrap.ts';

const colours = { ok: 'green', warning: 'yellow', problem: 'red', skipped: 'dim' } as const;
const indent = ' '.repeat(9);

/** Prints the list of checks as their results come in. Every verdict is a word; colour only repeats it. */
export class DoctorReport {
  readonly #output: Output;
  #area = '';

  constructor(output: Output) {
    this.#output = output;
  }

  /** On a terminal, what is waited for stands in the last line. @returns what takes it away again. */
  showWaiting(title: string): () => void {
    if (this.#output.json || !process.stdout.isTTY || process.env['TERM'] === 'dumb') return () => undefined;
    process.stdout.write(`checking ${title} …`);
    return () => process.stdout.write('\r\u001b[K');
  }

  print({ check, verdict, value, remedies, details }: CheckResult): void {
    if (check.area !== this.#area) {
      if (this.#area !== '') this.#output.line();
      this.#output.line(`${check.area}:`);
      this.#area = check.area;
    }
    const width = outputWidth() - indent.length;
    const [first = '', ...rest] = wrap(`${check.title}: ${value}`, width);
    this.#output.line(`${colour(verdict)}${' '.repeat(indent.length - verdict.length)}${first}`);
    for (const line of rest) this.#output.line(`${indent}${line}`);
    for (const detail of details) this.#indented(wrap(`- ${detail}`, width));
    for (const { text, command, url } of remedies) {
      this.#indented(wrap(`→ ${text}${command === undefined && url === undefined ? '' : ':'}`, width));
      if (command !== undefined) this.#output.line(`${indent}  ${command}`); // whole, so that it can be copied
      if (url !== undefined) this.#output.line(`${indent}  ${url}`);
    }
  }

  printOutcome(outcome: Outcome, results: readonly CheckResult[]): void {
    const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
    const counts = `${plural(count('problem'), 'problem')}, ${plural(count('warning'), 'warning')}`;
    this.#output.line();
    for (const line of wrap(outcomeInWords(outcome, counts), outputWidth())) this.#output.line(line);
  }

  #indented(lines: readonly string[]): void {
    for (const [index, line] of lines.entries()) this.#output.line(`${indent}${index === 0 ? '' : '  '}${line}`);
  }
}

/** A result as JSON. */
export function checkDocument({ check, verdict, value, remedies, details, elapsedMs }: CheckResult): object {
  return {
    id: check.id,
    area: check.area,
    title: check.title,
    verdict,
    value,
    remedies,
    details,
    elapsed_ms: elapsedMs,
  };
}

function colour(verdict: Verdict): string {
  return styleText(colours[verdict], verdict, { stream: process.stdout });
}

function outcomeInWords(outcome: Outcome, counts: string): string {
  switch (outcome) {
    case 'healthy':
      return 'Healthy: nothing is wrong.';
    case 'degraded':
      return `Degraded: ${counts}. Connecting works, or works otherwise than it could.`;
    case 'broken':
      return `Broken: ${counts}. Begin with the first problem; the others may follow from it.`;
  }
}

function plural(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
