import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failureDocs, failureDocsPath } from '../../../build/failureDocs.ts';
import { describeSituation, failureCodes } from '../../../helper/failures.ts';
import { FailureCode } from '../../../helper/gen/gitpod/helper/v1/failure.ts';

const tests = join(import.meta.dirname, '../..');

/** What no front end and no person can bring about, and where else its form is checked. */
const withoutSituation: Readonly<Record<string, string>> = {
  INTERNAL: 'test/unit/rpc/handle.test.ts: a fault of our own; fuzzed faults must not come to it',
  DEADLINE_EXCEEDED: 'test/unit/rpc/handle.test.ts: each deadline that people meet has a failure of its own',
  CANCELLED: 'test/unit/rpc/handle.test.ts: whoever cancels does not see it',
};

test('the page on failures is what the catalogue says; npm run docs writes it', () => {
  expect(readFileSync(failureDocsPath, 'utf8')).toBe(failureDocs());
});

/** Codes that no situation has any more; a contract loses none. */
const onlyInContract = ['NOT_IMPLEMENTED', 'SSH_GATEWAY_DISABLED'];

test('the contract has the same codes', () => {
  const inContract = Object.keys(FailureCode).filter((name) => /^[A-Z]/.test(name));
  const known = inContract.filter(
    (name) => !['FAILURE_CODE_UNSPECIFIED', 'UNRECOGNIZED', 'UNSPECIFIED'].includes(name),
  );
  expect(known.map((name) => name.replace(/^FAILURE_CODE_/, '')).sort()).toEqual(
    [...failureCodes, ...onlyInContract].sort(),
  );
});

describe.each(failureCodes)('%s', (code) => {
  test('is one sentence or two that a person understands, with something to do', () => {
    const { message, remedies } = describeSituation(code);
    expect(message).toMatch(/[.]$|<reason>$/);
    expect(message).not.toMatch(/undefined|\[object|NaN/);
    expect(remedies.length).toBeGreaterThan(0);
    for (const { text } of remedies) expect(text).toMatch(/^[A-Z]\w+/);
  });

  test.skipIf(code in withoutSituation)('is reached by a real situation in a test', () => {
    const reaching = testsWithBuiltHelper.filter(({ text }) => new RegExp(`\\b${code}\\b`).test(text));
    expect(reaching.map(({ name }) => name)).not.toEqual([]);
  });
});

/** Tests that use real parts: all but those of single functions, and this one. */
const testsWithBuiltHelper = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !name.startsWith('unit') && !name.includes('tooling'))
  .map((name) => ({ name, text: readFileSync(join(tests, name), 'utf8') }));
