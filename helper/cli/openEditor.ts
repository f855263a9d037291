import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Command, Option } from 'commander';
import type { WireCore } from '../connection/core.ts';
import type { ManagedConfiguration } from '../connection/openSsh/managedConfiguration.ts';
import { reachableWorkspace } from '../connection/reachableWorkspace.ts';
import { failure } from '../failures.ts';
import { findProgram } from '../platform/findProgram.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { askConsent } from './askConsent.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { type CommandContext, runCommandOnAll } from './runCommand.ts';
import { managedConfigurationOfAll, requireStoredToken } from './sshConfig.ts';

type OpenOptions = CommonOptions & {
  readonly editor: string;
  readonly folder?: string;
  readonly print: boolean;
  readonly debugWorkspace: boolean;
};

/** Editors with Microsoft's Remote - SSH or its like, and where their launchers are when they are not on PATH. */
const editors: Readonly<Record<string, { readonly program: string; readonly places: readonly string[] }>> = {
  vscode: {
    program: 'code',
    places: ['/Applications/Visual Studio Code.app/Contents/Resources/app/bin', '/usr/share/code/bin', '/snap/bin'],
  },
  'vscode-insiders': {
    program: 'code-insiders',
    places: [
      '/Applications/Visual Studio Code - Insiders.app/Contents/Resources/app/bin',
      '/usr/share/code-insiders/bin',
    ],
  },
  cursor: { program: 'cursor', places: ['/Applications/Cursor.app/Contents/Resources/app/bin'] },
  codium: {
    program: 'codium',
    places: ['/Applications/VSCodium.app/Contents/Resources/app/bin', '/usr/share/codium/bin'],
  },
};

/** `open WORKSPACE --editor EDITOR`: the editor's remote window. The editor's settings are never written. */
export function addOpenCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('open <workspace>'))
    .description('open a workspace in an editor by SSH')
    .addOption(new Option('--editor <editor>', 'which editor').choices(Object.keys(editors)).default('vscode'))
    .option('--folder <path>', 'the folder in the workspace (default: /workspace and the repository)')
    .option('--print', 'print the URI instead of opening it', false)
    .option('--debug-workspace', 'the debug workspace inside it', false)
    .action((workspaceId: string, options: OpenOptions) =>
      runCommandOnAll(options, wireCore, (context) => open(checkWorkspaceId(workspaceId), options, context)),
    );
}

async function open(workspaceId: string, options: OpenOptions, context: CommandContext): Promise<void> {
  const { core, output, signal } = context;
  const installation = installationOf(options);
  const ref = { installation, workspaceId, debug: options.debugWorkspace };
  const record = await core.context.accounts.controlPlane(installation).getWorkspace(workspaceId, signal);
  const { address } = reachableWorkspace(ref, record);
  const [, repository] = record.repository.split('/');
  const folder = options.folder ?? (repository === undefined ? '/workspace' : `/workspace/${repository}`);
  const uri = `vscode-remote://ssh-remote+${address.sshHost}${encodeURI(folder)}`;
  output.document({ uri, editor: options.editor });
  if (options.print) {
    output.line(uri);
    return;
  }
  requireStoredToken(options);
  await requireInclude(managedConfigurationOfAll(options, core), context);
  await launch(options.editor, uri, core.context.openSsh.env);
  output.line(`Opened ${address.sshHost} in ${options.editor}.`);
}

/** Asks once, on a terminal, for the one line the editor's ssh needs. */
async function requireInclude(managed: ManagedConfiguration, { output, signal }: CommandContext): Promise<void> {
  const { installed, userConfigPath } = await managed.state(signal);
  if (installed) {
    await managed.refresh(signal);
    return;
  }
  if (!process.stdin.isTTY) throw failure('SSH_CONFIG_NOT_INSTALLED', {});
  const question = `Put one Include line at the top of ${userConfigPath}, so that editors find the workspace?`;
  if ((await askConsent(question, signal)) !== true) throw failure('SSH_CONFIG_NOT_INSTALLED', {});
  for (const warning of await managed.install(signal)) output.line(warning);
}

async function launch(editor: string, uri: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { program, places } = editors[editor] ?? { program: editor, places: [] };
  const path = findProgram(program, env, places);
  if (path === undefined) throw failure('PROGRAM_NOT_FOUND', { program, purpose: `the launcher of ${editor}` });
  const child = spawn(path, ['--folder-uri', uri], { stdio: 'ignore', env: { ...env } });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw failure('PROGRAM_NOT_FOUND', { program: path, purpose: `${editor}, which ended with ${code}` });
}
