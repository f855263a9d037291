import { Argument, type Command } from 'commander';
import { shells } from './completion/shells.ts';

/** `completion SHELL`: prints what lets a shell complete commands, options and their values. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print what lets a shell complete commands, options and their values')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action(async (shell: (typeof shells)[number]) => {
      const { completionScript } = await import('./completion/completionScript.ts'); // for this command only
      process.stdout.write(completionScript(shell, program));
    });
}
