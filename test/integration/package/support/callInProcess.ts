import { join } from 'node:path';
import { runProcess } from '../../../../helper/platform/process.ts';
import type { OpenSshOverrides } from '../../../../helper/ssh/config/openSsh.ts';

export interface CalledExport {
  readonly name: string;
  /** What comes before the signal. */
  readonly args: readonly unknown[];
  /** What comes after it. */
  readonly overrides?: OpenSshOverrides;
}

export interface ExportResult {
  readonly value: unknown;
  /** The URL of every module that was loaded. */
  readonly loaded: readonly string[];
}

/** Calls a function that a module exports, in a process of its own. */
export async function callInProcess(entryPoint: string, call: CalledExport): Promise<ExportResult> {
  const script = join(import.meta.dirname, 'callExport.ts');
  const { stdout } = await runProcess(process.execPath, [script, entryPoint, JSON.stringify(call)], {
    env: { PATH: process.env['PATH'] },
    signal: new AbortController().signal,
    deadlineMs: 30_000,
  });
  return JSON.parse(stdout);
}
