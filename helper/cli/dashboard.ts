import type { Command } from 'commander';
import { openInBrowser } from '../platform/openInBrowser.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { runAction } from './runCommand.ts';

type DashboardOptions = CommonOptions & { readonly print: boolean };

/** `dashboard [WORKSPACE]`: the installation's own page, or that on which a workspace starts. Nothing is asked of it. */
export function addDashboardCommand(program: Command): void {
  addCommonOptions(program.command('dashboard [workspace]'))
    .description("open the installation's dashboard, or a workspace, in a browser")
    .option('--print', 'print the address instead of opening it', false)
    .action((workspace: string | undefined, options: DashboardOptions) =>
      runAction(options, async ({ output }) => {
        const { origin } = installationOf(options);
        const page = workspace === undefined ? '/workspaces' : `/start/#${checkWorkspaceId(workspace)}`;
        const url = `${origin}${page}`;
        const opened = !options.print && openInBrowser(url, process.env);
        output.document({ url, opened });
        output.line(url);
      }),
    );
}
