import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { descriptorsModule, descriptorsPath } from '../../../build/descriptors.ts';
import { runTool } from './runTool.ts';

const root = join(import.meta.dirname, '../../..');

test('generating again changes nothing in what is committed', async () => {
  const output = await mkdtemp(join(tmpdir(), 'gen-'));
  try {
    expect(await runTool('buf', ['generate', '--output', output])).toMatchObject({ exitCode: 0 });
    expect(await filesBelow(join(output, 'helper/gen'))).toEqual(await filesBelow(join(root, 'helper/gen')));
  } finally {
    await rm(output, { recursive: true });
  }
});

async function filesBelow(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    paths.map(async (path) => [path.slice(directory.length), await readFile(path, 'utf8')]),
  );
  return Object.fromEntries(texts.sort());
}

test('the descriptors for reflection are those of the contract', () => {
  expect(readFileSync(descriptorsPath, 'utf8')).toBe(descriptorsModule());
});
