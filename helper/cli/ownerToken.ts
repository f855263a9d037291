import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { failure } from '../failures.ts';
import { pause } from '../platform/deadline.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { type CommandContext, runCommand } from './runCommand.ts';

type OwnerTokenOptions = CommonOptions & { readonly show: boolean; readonly copy: boolean };

const clipboardMs = 60_000;

/** Programs that put standard input into the clipboard, by platform; the first that is there is used. */
const clipboardPrograms: Readonly<Record<string, readonly (readonly string[])[]>> = {
  darwin: [['pbcopy']],
  win32: [['clip']],
  linux: [['wl-copy'], ['xclip', '-selection', 'clipboard'], ['xsel', '--clipboard', '--input']],
};

/** `owner-token WORKSPACE --show|--copy`: for a person on a terminal, who asked for it. */
export function addOwnerTokenCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('owner-token <workspace>'))
    .description('give the owner token of a workspace, which opens it to whoever has it; on a terminal only')
    .option('--show', 'print it', false)
    .option('--copy', 'put it into the clipboard for 60 s', false)
    .action((workspaceId: string, options: OwnerTokenOptions) =>
      runCommand({ ...options, json: false }, wireCore, (context) => give(workspaceId, options, context)),
    );
}

async function give(workspaceId: string, options: OwnerTokenOptions, context: CommandContext): Promise<void> {
  const { core, output, signal } = context;
  if (options.show === options.copy) {
    throw failure('INVALID_ARGUMENT', { argument: 'owner-token', problem: 'say --show or --copy' });
  }
  if (!process.stdout.isTTY) {
    throw failure('INVALID_ARGUMENT', { argument: 'owner-token', problem: 'it is given on a terminal only' });
  }
  const controlPlane = core.context.accounts.controlPlane(installationOf(options));
  const token = await controlPlane.getOwnerToken(checkWorkspaceId(workspaceId), signal);
  process.stderr.write('Whoever has the owner token can open the workspace until it is started again.\n');
  if (options.show) {
    output.line(token.reveal());
    return;
  }
  await copyToClipboard(token.reveal());
  output.line('In the clipboard for 60 s, or until you interrupt this.');
  await pause(clipboardMs, signal).catch(() => undefined);
  await copyToClipboard('');
}

async function copyToClipboard(text: string): Promise<void> {
  for (const [program = '', ...rest] of clipboardPrograms[process.platform] ?? []) {
    const child = spawn(program, rest, { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.on('error', () => undefined);
    child.stdin.end(text);
    const copied = await once(child, 'exit').then(
      ([code]) => code === 0,
      () => false, // it is not there
    );
    if (copied) return;
  }
  throw failure('PROGRAM_NOT_FOUND', { program: 'xclip', purpose: 'the clipboard' });
}
