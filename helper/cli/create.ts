import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { createWorkspace } from '../workspaces/createWorkspace.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { followStart } from './followStart.ts';
import { runCommand } from './runCommand.ts';

interface CreateOptions extends CommonOptions {
  readonly organization: string;
  readonly class: string;
  readonly editor: string;
}

/** `create URL`: makes a workspace from a context URL and waits until it runs. */
export function addCreateCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('create <url>'))
    .description('create a workspace from the URL of a repository, branch, issue or pull request')
    .option('--organization <id>', 'the organization that owns it, when you are in several', '')
    .option('--class <id>', 'the workspace class', '')
    .option('--editor <id>', 'the IDE', '')
    .action((contextUrl: string, options: CreateOptions) =>
      runCommand(options, wireCore, async (context) => {
        const { core, output, signal } = context;
        const installation = installationOf(options);
        const { organization: organizationId, class: workspaceClass, editor } = options;
        const creation = { contextUrl, organizationId, workspaceClass, editor };
        const controlPlane = core.context.accounts.controlPlane(installation);
        const workspaceId = await createWorkspace(installation, creation, controlPlane, signal);
        output.document({ created: { host: installation.host, id: workspaceId } });
        output.line(`${workspaceId} is made.`);
        await followStart({ installation, workspaceId, debug: false }, context);
      }),
    );
}
