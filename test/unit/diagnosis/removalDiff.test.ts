import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentAfter, linesOf } from '../../../helper/diagnosis/leftovers/leftover.ts';
import { removalDiff } from '../../../helper/diagnosis/leftovers/removalDiff.ts';
import { findProgram } from '../../../helper/platform/findProgram.ts';
import { runProcess } from '../../../helper/platform/process.ts';

const lines = fc.array(fc.stringMatching(/^[a-z #"]{0,12}$/), { minLength: 1, maxLength: 30 });

test('a diff shows what goes, line by line, and nothing else', () => {
  fc.assert(
    fc.property(lines, fc.infiniteStream(fc.boolean()), (texts, choices) => {
      const before = Buffer.from(texts.map((text) => `${text}\n`).join(''));
      const removedLines = texts.flatMap((_, index) => (choices.next().value ? [index + 1] : []));
      const removal = { path: '/home/ada/.ssh/config', before, removedLines, removesFile: false };
      const diff = removalDiff(removal);
      const gone = diff.slice(2).filter((line) => line.startsWith('-'));
      expect(gone).toEqual(removedLines.map((line) => `-${texts[line - 1]}`));
      const left = linesOf(contentAfter(removal)).map((line) => line.trimEnd());
      expect(left).toEqual(texts.filter((_, index) => !removedLines.includes(index + 1)).map((text) => text.trimEnd()));
    }),
  );
});

test.skipIf(findProgram('patch', process.env) === undefined)('patch(1) comes to the same', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'patch-'));
  try {
    const path = join(directory, 'file');
    const before = Buffer.from(Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join(''));
    const removal = { path, before, removedLines: [1, 7, 8, 12, 20], removesFile: false };
    await writeFile(path, before);
    const stdin = `${removalDiff(removal).join('\n')}\n`;
    const signal = new AbortController().signal;
    await runProcess('patch', [path], { stdin, signal, deadlineMs: 10_000, env: { PATH: process.env['PATH'] } });
    expect(await readFile(path)).toEqual(contentAfter(removal));
  } finally {
    await rm(directory, { recursive: true });
  }
});
