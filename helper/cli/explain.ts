import { addAbortSignal } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import type { Command } from 'commander';
import { failure } from '../failures.ts';
import { runAction } from './runCommand.ts';
import { outputWidth, wrap } from './wrap.ts';

/** `explain TEXT…`: what a host name, prompt or message means, which credential is asked for, and what to do. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain [text...]')
    .description('say what a host name, a prompt or an error of ssh means; without TEXT it is read from standard input')
    .option('--json', 'print JSON', false)
    .action((words: readonly string[], { json }: { readonly json: boolean }) =>
      runAction({ json, verbose: false }, async ({ output, signal }) => {
        const { explainText } = await import('../diagnosis/explain/explainText.ts'); // for this command only
        const explanation = explainText(
          words.length > 0 ? words.join(' ') : await readText(addAbortSignal(signal, process.stdin)),
        );
        if (explanation === undefined) {
          const problem = 'it is no host name, prompt or message known here; try gitpod-helper doctor WORKSPACE';
          throw failure('INVALID_ARGUMENT', { argument: 'text', problem });
        }
        const { meaning, credential, todo } = explanation;
        output.document({ explanation: { meaning, credential, todo } });
        for (const line of wrap(meaning, outputWidth())) output.line(line);
        for (const step of todo) output.line(`  → ${step}`);
      }),
    );
}
