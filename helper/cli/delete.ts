import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { failure } from '../failures.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { askLine } from './askLine.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { runCommand } from './runCommand.ts';

type DeleteOptions = CommonOptions & { readonly confirm?: string };

/** `delete WORKSPACE`: with everything in it, once its id was typed a second time. */
export function addDeleteCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('delete <workspace>'))
    .description('delete a workspace with everything in it, after its id was typed once more')
    .option('--confirm <workspace>', 'the same id once more, where nobody can be asked')
    .action((workspace: string, options: DeleteOptions) =>
      runCommand(options, wireCore, async ({ core, output, signal }) => {
        const workspaceId = checkWorkspaceId(workspace);
        const installation = installationOf(options);
        const controlPlane = core.context.accounts.controlPlane(installation);
        const { repository } = await controlPlane.getWorkspace(workspaceId, signal);
        const typed = options.confirm ?? (await askForId(`${workspaceId} (${repository})`, signal));
        if (typed.trim() !== workspaceId) {
          const problem = 'nothing was deleted: the id of the workspace was not typed once more';
          throw failure('INVALID_ARGUMENT', { argument: 'confirm', problem });
        }
        await controlPlane.deleteWorkspace(workspaceId, signal);
        core.catalogue.forget({ installation, workspaceId, debug: false });
        output.document({ deleted: { host: installation.host, id: workspaceId } });
        output.line(`${workspaceId} is deleted.`);
      }),
    );
}

async function askForId(what: string, signal: AbortSignal): Promise<string> {
  if (!process.stdin.isTTY) return '';
  return askLine(`${what} is deleted with everything in it. Type its id: `, signal);
}
