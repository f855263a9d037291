import { expect, test } from 'vitest';
import { runTool } from './runTool.ts';

test.each([
  ['the contract passes buf lint', 'buf', ['lint']],
  ['formatting and lint rules hold', 'biome', ['check', '--error-on-warnings']],
  ['types hold', 'tsc', ['--noEmit']],
])('%s', async (_, tool, toolArguments) => {
  const { exitCode, stdout, stderr } = await runTool(tool, toolArguments);
  expect(exitCode, stdout + stderr).toBe(0);
});
