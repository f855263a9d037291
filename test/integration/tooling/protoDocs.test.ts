import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { protoDocs, protoDocsPath } from '../../../build/protoDocs.ts';

test('the page on the contract is what proto/ says; npm run docs writes it', () => {
  expect(readFileSync(protoDocsPath, 'utf8')).toBe(protoDocs());
});

test('every element of the contract is told with its comment, and every link leads to a heading', () => {
  const page = protoDocs();
  expect(page).not.toMatch(/undefined|\|[ \t]*\|/);
  const headings = [...page.matchAll(/^#+ (\w+)$/gm)].map(([, name = '']) => name.toLowerCase());
  const links = [...page.matchAll(/\]\(#(\w+)\)/g)].map(([, target]) => target);
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter((target) => target === undefined || !headings.includes(target))).toEqual([]);
});
