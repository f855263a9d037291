import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { transcripts } from './support/transcripts.ts';

const directory = new URL('./', import.meta.url);

/** The text of every test beside this one. */
const tests = readdirSync(directory)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(file, directory), 'utf8'))
  .join('\n');

test('every recorded case is replayed', () => {
  const isReplayed = (name: string) => tests.includes(`'${name}'`) || tests.includes(`'${name}: `);
  const left = [...transcripts.keys()].filter((name) => !isReplayed(name));
  expect(left).toEqual([]);
});
