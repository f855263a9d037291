import { type FileHandle, open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Command } from 'commander';
import { failure } from '../failures.ts';
import { pause } from '../platform/deadline.ts';
import { prettyLine } from './prettyLog.ts';
import { runAction } from './runCommand.ts';

const pollIntervalMs = 250;
const chunkBytes = 64 * 1024;

/** `logs [FILE]`: prints a log file, and what is added to it. */
export function addLogsCommand(program: Command): void {
  program
    .command('logs [file]')
    .description('print a log file (default: GITPOD_HELPER_LOG_FILE)')
    .option('--follow', 'go on with what is added, until interrupted', false)
    .option('--pretty', 'for a person instead of as JSON', false)
    .action((file: string | undefined, { follow, pretty }: { readonly follow: boolean; readonly pretty: boolean }) =>
      runAction({ json: false, verbose: false }, async ({ output, signal }) => {
        const path = file ?? process.env['GITPOD_HELPER_LOG_FILE'] ?? '';
        if (path === '') throw failure('INVALID_ARGUMENT', { argument: 'file', problem: 'no log file is named' });
        for await (const line of readLines(path, follow, signal)) output.line(pretty ? prettyLine(line) : line);
      }),
    );
}

/**
 * The lines of a file. One that is put aside while it is followed is read to its end before the new one in its place is; one
 * that is emptied is read from its beginning.
 */
async function* readLines(path: string, follow: boolean, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(chunkBytes);
  let rest = '';
  do {
    await using file = await open(path).catch((error: unknown) => {
      throw failure('FILE_UNREADABLE', { path, purpose: 'log', problem: 'it cannot be read' }, error);
    });
    let offset = 0;
    for (let isLast = false; !isLast; ) {
      isLast = !follow || (await isPutAside(file, path)); // asked first: after that, nothing is added to it
      if ((await file.stat()).size < offset) offset = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, chunkBytes, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
      }
      if (!isLast) await pause(pollIntervalMs, signal);
    }
  } while (follow);
  if (rest !== '') yield rest;
}

/** Whether there is another file in its place. */
async function isPutAside(file: FileHandle, path: string): Promise<boolean> {
  const { ino } = await file.stat();
  return stat(path).then(
    (there) => there.ino !== ino,
    () => false, // it is about to be there
  );
}
