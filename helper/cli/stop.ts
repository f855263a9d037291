import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { runCommand } from './runCommand.ts';

/** `stop WORKSPACE`: asks for its stop and does not wait. */
export function addStopCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('stop <workspace>'))
    .description('stop a workspace')
    .action((workspace: string, options: CommonOptions) =>
      runCommand(options, wireCore, async ({ core, output, signal }) => {
        const workspaceId = checkWorkspaceId(workspace);
        const installation = installationOf(options);
        await core.context.accounts.controlPlane(installation).stopWorkspace(workspaceId, signal);
        output.document({ stopping: { host: installation.host, id: workspaceId } });
        output.line(`${workspaceId} is stopping.`);
      }),
    );
}
