import { styleText } from 'node:util';
import type { Failure } from '../failures.ts';

/** Where a command's results go: for a person, or as JSON for a program. */
export interface Output {
  readonly json: boolean;
  /** A line for a person; nothing with --json. */
  line(text?: string): void;
  /** A result for a program: one JSON document, or with `connect` one for each event. Nothing without --json. */
  document(value: unknown): void;
}

/** Results go to standard output. */
export function createOutput(json: boolean): Output {
  const print = (text: string) => {
    process.stdout.write(`${text}\n`);
  };
  return {
    json,
    line: (text = '') => {
      if (!json) print(text);
    },
    document: (value) => {
      if (json) print(JSON.stringify(value));
    },
  };
}

/** Tells a failure: for a person on standard error, for a program as a document on standard output. */
export function printFailure(failure: Failure, output: Output): void {
  output.document({ failure: failureDocument(failure) });
  if (output.json) return;
  const lines = [`${styleText('red', 'error:', { stream: process.stderr })} ${failure.message}`];
  for (const { text, command, url } of failure.remedies) {
    lines.push(`  → ${text}${command === undefined ? '' : `: ${command}`}${url === undefined ? '' : ` (${url})`}`);
  }
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** A failure as JSON; names as in the contract. */
export function failureDocument({ code, message, remedies, retryable, details }: Failure): object {
  return { code, message, remedies, retryable, details };
}

/** Columns aligned by their widest cell, two blanks apart; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<number[]>((widest, row) => {
    row.forEach((cell, column) => {
      widest[column] = Math.max(widest[column] ?? 0, cell.length);
    });
    return widest;
  }, []);
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
  );
}
