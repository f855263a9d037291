import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { followStart } from './followStart.ts';
import { runCommand } from './runCommand.ts';

/** `start WORKSPACE`: starts it and waits until it runs; interrupting ends the waiting only. */
export function addStartCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('start <workspace>'))
    .description('start a workspace and wait until it runs')
    .action((workspace: string, options: CommonOptions) =>
      runCommand(options, wireCore, async (context) => {
        const workspaceId = checkWorkspaceId(workspace);
        await followStart({ installation: installationOf(options), workspaceId, debug: false }, context);
      }),
    );
}
