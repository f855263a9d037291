import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotatingFile } from '../../../helper/platform/rotatingFile.ts';
import { scratchHome } from '../../support/ssh/scratchHome.ts';

test('a long file is put aside, a few are kept, and no line is cut', async () => {
  await using home = scratchHome();
  const path = home.write('logs/helper.log', '');
  using file = new RotatingFile(path, { maxBytes: 100 });
  for (let line = 0; line < 60; line++) file.append(`line ${line}\n`);
  const names = (await readdir(home.at('logs'))).sort();
  expect(names).toEqual(['helper.log', 'helper.log.1', 'helper.log.2', 'helper.log.3']);
  const texts = await Promise.all(names.map((name) => readFile(join(home.at('logs'), name), 'utf8')));
  const [newest = '', one = '', two = '', three = ''] = texts;
  const kept = (three + two + one + newest).trim().split('\n');
  expect(kept.at(-1)).toBe('line 59');
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => `line ${60 - kept.length + index}`));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a directory that is gone costs lines, and nobody else a file that is opened meanwhile', async () => {
  await using home = scratchHome();
  using file = new RotatingFile(home.write('logs/helper.log', ''), { maxBytes: 10 });
  file.append('a line that is long enough\n');
  await rm(home.at('logs'), { recursive: true });
  file.append('this one is lost\n');
  const path = home.write('else', '');
  const descriptor = openSync(path, 'r+');
  file.append('and this one\n');
  expect(await readFile(path, 'utf8')).toBe('');
  closeSync(descriptor); // it is still open
});

test('what was there is gone on with', async () => {
  await using home = scratchHome();
  const path = home.write('helper.log', 'before\n');
  using file = new RotatingFile(path);
  file.append('after\n');
  expect(await readFile(path, 'utf8')).toBe('before\nafter\n');
});
