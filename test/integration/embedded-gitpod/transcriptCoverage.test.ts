import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { notBuilt } from './support/notBuilt.ts';
import { transcripts } from './support/transcripts.ts';

const directory = new URL('./', import.meta.url);

/** The text of every test beside this one. */
const tests = readdirSync(directory)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(file, directory), 'utf8'))
  .join('\n');

test('every recorded case is replayed, or the part it needs is on the list of what is not built', () => {
  const isReplayed = (name: string) => tests.includes(`'${name}'`) || tests.includes(`'${name}: `);
  const left = [...transcripts.keys()].filter((name) => !notBuilt.has(name) && !isReplayed(name));
  expect(left).toEqual([]);
});

test('nothing is on that list that is replayed or was never recorded', () => {
  for (const name of notBuilt.keys()) {
    expect(transcripts.has(name), name).toBe(true);
    expect(tests, name).not.toContain(`'${name}'`);
  }
});
