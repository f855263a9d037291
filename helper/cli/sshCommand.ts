import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { reachableWorkspace } from '../connection/reachableWorkspace.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { type CommandContext, runCommand } from './runCommand.ts';

type SshCommandOptions = CommonOptions & { readonly debugWorkspace: boolean; readonly withOwnerToken: boolean };

/** `ssh-command WORKSPACE`: the plain command a person can run without this helper. */
export function addSshCommandCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('ssh-command <workspace>'))
    .description('print the plain ssh command for a workspace')
    .option('--debug-workspace', 'the debug workspace inside it', false)
    .option('--with-owner-token', 'with the owner token in the user name: whoever sees the command can get in', false)
    .action((workspaceId: string, options: SshCommandOptions) =>
      runCommand(options, wireCore, (context) => printSshCommand(workspaceId, options, context)),
    );
}

async function printSshCommand(
  text: string,
  options: SshCommandOptions,
  { core, output, signal }: CommandContext,
): Promise<void> {
  const installation = installationOf(options);
  const ref = { installation, workspaceId: checkWorkspaceId(text), debug: options.debugWorkspace };
  const controlPlane = core.context.accounts.controlPlane(installation);
  const record = await controlPlane.getWorkspace(ref.workspaceId, signal);
  const { address } = reachableWorkspace(ref, record);
  const ownerToken = options.withOwnerToken ? await controlPlane.getOwnerToken(ref.workspaceId, signal) : undefined;
  const user = ownerToken === undefined ? address.sshUser : `${address.sshUser}#${ownerToken.reveal()}`;
  const port = options.sshPort === 22 ? '' : `-p ${options.sshPort} `;
  const command = `ssh ${port}'${user}@${address.sshHost}'`;
  output.document({ command });
  output.line(command);
}
