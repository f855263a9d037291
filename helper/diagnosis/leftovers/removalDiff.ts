import { type FileRemoval, linesOf } from './leftover.ts';

const contextLines = 2;

/** A removal as a unified diff (diff(1), -u), for patch(1) and for eyes. */
export function removalDiff({ path, before, removedLines, removesFile }: FileRemoval): readonly string[] {
  const lines = linesOf(before);
  const removed = new Set(removedLines.map((line) => line - 1));
  let removedBefore = 0;
  const hunks = spans(lines.length, removed).flatMap(({ start, end }) => {
    const inHunk = lines.slice(start, end);
    const body = inHunk.map((line, index) => `${removed.has(start + index) ? '-' : ' '}${text(line)}`);
    const gone = inHunk.filter((_, index) => removed.has(start + index)).length;
    const left = inHunk.length - gone;
    const newStart = start + 1 - removedBefore - (left === 0 ? 1 : 0);
    removedBefore += gone;
    return [`@@ -${start + 1},${inHunk.length} +${newStart},${left} @@`, ...body];
  });
  return [`--- ${path}`, `+++ ${removesFile ? '/dev/null' : path}`, ...hunks];
}

/** Runs of removed lines with what is around them; those that touch are one. */
function spans(length: number, removed: ReadonlySet<number>): readonly { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const line of [...removed].sort((one, other) => one - other)) {
    const start = Math.max(0, line - contextLines);
    const end = Math.min(length, line + contextLines + 1);
    const last = found.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else found.push({ start, end });
  }
  return found;
}

function text(line: string): string {
  return Buffer.from(line.replace(/\r?\n$/, ''), 'latin1').toString('utf8');
}
