import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { addCommonOptions, type CommonOptions } from './commonOptions.ts';
import { type ActionContext, runAction } from './runCommand.ts';

export type DoctorOptions = CommonOptions & {
  readonly debugWorkspace: boolean;
  readonly fix: boolean;
  readonly undo: boolean;
  readonly yes: boolean;
};

/** `doctor [WORKSPACE]`: finds out why something does not work. Exits with 0 healthy, 8 degraded, 9 broken. */
export function addDoctorCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('doctor [workspace]'))
    .description(
      'check everything that connecting takes, and tell what to do; exits with 0, 8 (degraded) or 9 (broken)',
    )
    .option('--debug-workspace', 'the debug workspace inside it', false)
    .option('--fix', "take older tools' leftovers out, after showing the change and asking", false)
    .option('--undo', 'put back what --fix took out', false)
    .option('--yes', 'do not ask', false)
    .action((workspaceId: string | undefined, options: DoctorOptions) =>
      runAction(options, (context) => doctor(workspaceId, options, wireCore, context)),
    );
}

async function doctor(
  workspaceId: string | undefined,
  options: DoctorOptions,
  wireCore: WireCore,
  context: ActionContext,
): Promise<void> {
  // At first use: the other commands start quicker without it.
  const { beginExamination } = await import('./examine.ts');
  await using opened = await beginExamination(workspaceId, options, wireCore, context.signal);
  if (options.fix || options.undo) {
    const { fixLeftovers, undoFix } = await import('./doctorFix.ts');
    await (options.undo ? undoFix : fixLeftovers)(opened.examination, options, context);
    return;
  }
  const { checkAndReport } = await import('./doctorRun.ts');
  await checkAndReport(opened.examination, context);
}
