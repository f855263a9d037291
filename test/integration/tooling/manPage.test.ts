import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { manPage, manPagePath } from '../../../build/manPage.ts';
import { findProgram } from '../../../helper/platform/findProgram.ts';

test('the manual page is what the command line has; npm run docs writes it', () => {
  expect(readFileSync(manPagePath, 'utf8')).toBe(manPage());
});

test('it has the commands that people see, each option once, and only requests of man(7)', () => {
  const page = manPage();
  expect(page).toContain('.SS ssh\\-config install [options]');
  expect(page).toContain('.B \\-F, \\-\\-ssh\\-config <path>');
  expect(page.match(/^\.B \\-\\-host <host>$/gm)).toHaveLength(1);
  expect(page).not.toMatch(/askpass|undefined/);
  const requests = new Set([...page.matchAll(/^\.(\S+)/gm)].map(([, request]) => request));
  expect([...requests].sort()).toEqual(['B', 'BR', 'I', 'RI', 'SH', 'SS', 'TH', 'TP', '\\"']);
  expect(page).not.toMatch(/\P{ASCII}/u);
});

test.skipIf(findProgram('groff', process.env) === undefined)('groff sets it without a warning', () => {
  const words = ['-man', '-Tutf8', '-ww', '-P-c', '-P-b', '-P-u', manPagePath];
  const { stdout: text, stderr } = spawnSync('groff', words, { encoding: 'utf8', timeout: 30_000 });
  expect(stderr).toBe('');
  expect(text).toContain('connect [options] <workspace>');
  expect(text).toContain('--local-port <port>');
});
