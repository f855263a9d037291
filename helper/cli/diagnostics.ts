import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { failure } from '../failures.ts';
import { addCommonOptions, type CommonOptions } from './commonOptions.ts';
import { runAction } from './runCommand.ts';

type DiagnosticsOptions = CommonOptions & {
  readonly debugWorkspace: boolean;
  readonly output: string;
  readonly redactHosts: boolean;
};

/** `diagnostics [WORKSPACE] --output FILE`: what to send along with a report of a problem, without secrets. */
export function addDiagnosticsCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('diagnostics [workspace]'))
    .description('collect versions, settings, what doctor says, the log and crash reports into an archive')
    .requiredOption('--output <file>', 'the archive to write (tar.gz); nothing is overwritten')
    .option('--redact-hosts', 'take host names and addresses out, too', false)
    .option('--debug-workspace', 'the debug workspace inside it', false)
    .action((workspaceId: string | undefined, options: DiagnosticsOptions) =>
      runAction(options, async ({ output, signal }) => {
        // At first use: the other commands start quicker without it.
        const { beginExamination } = await import('./examine.ts');
        const { collectBundle } = await import('../diagnosis/bundle/collectBundle.ts');
        await using opened = await beginExamination(workspaceId, options, wireCore, signal);
        const { names, archive } = await collectBundle(opened.examination, options, signal);
        output.line('The archive contains, without secrets, e-mail addresses and your name:');
        for (const name of names) output.line(`  ${name}`);
        await write(options.output, archive);
        output.document({ diagnostics: { path: options.output, names, bytes: archive.length } });
        output.line(`Written to ${options.output} (${archive.length} bytes). Look into it before you send it.`);
      }),
    );
}

async function write(path: string, archive: Buffer): Promise<void> {
  try {
    await writeFile(path, archive, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const problem = exists ? `${path} is there already, and is never overwritten` : `${path} cannot be written`;
    throw failure('INVALID_ARGUMENT', { argument: 'output', problem }, error);
  }
}
