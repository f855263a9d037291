import { chmod } from 'node:fs/promises';
import type { Command } from 'commander';
import type { WireCore } from '../connection/core.ts';
import { clusterOf } from '../connection/openSsh/managedClusters.ts';
import type { WorkspaceAddress } from '../connection/workspaceAddress.ts';
import { selfCommand } from '../platform/selfCommand.ts';
import { writePrivateFile } from '../ssh/openssh/privateFile.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import { addCommonOptions, argumentsOf, type CommonOptions, installationOf } from './commonOptions.ts';
import { runCommand } from './runCommand.ts';

/**
 * `askpass WORKSPACE ASKER PROMPT`: answers the password prompt of the SSH gateway with the current owner token, and
 * nothing else.
 */
export function addAskpassCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('askpass <workspace> <asker> [prompt]', { hidden: true })).action(
    (workspaceId: string, asker: string, prompt: string | undefined, options: CommonOptions) =>
      runCommand({ ...options, json: false }, wireCore, async ({ core, signal }) => {
        // A passphrase, a question about a host key, or a host that is jumped over must never get the owner token for an answer.
        if (!isAskedBy(asker, prompt ?? '')) {
          process.stderr.write(refusal(prompt ?? ''));
          process.exitCode = 1;
          return;
        }
        const controlPlane = core.context.accounts.controlPlane(installationOf(options));
        const token = await controlPlane.getOwnerToken(checkWorkspaceId(workspaceId), signal);
        process.stdout.write(`${token.reveal()}\n`);
      }),
  );
}

/** Writes the program that SSH_ASKPASS names, which takes the prompt and nothing else for an argument. */
export async function writeAskpass(
  path: string,
  workspaceId: string,
  address: WorkspaceAddress,
  options: CommonOptions,
): Promise<void> {
  const words = [...selfCommand(), 'askpass', ...argumentsOf(options), workspaceId, nameInPrompt(address)];
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  await writePrivateFile(path, `#!/bin/sh\nexec ${quoted.join(' ')} "$1"\n`);
  await chmod(path, 0o700);
}

/** How ssh calls the SSH gateway when it asks: by its `HostKeyAlias` (sshconnect2.c). */
function nameInPrompt(address: WorkspaceAddress): string {
  return `${address.sshUser}@${clusterOf(address)}`;
}

/** Older versions of ssh cut the user after 30 characters. */
function isAskedBy(asker: string, prompt: string): boolean {
  const [user = '', host = ''] = asker.split('@');
  return [user, user.slice(0, 30)].some((name) => prompt.trim() === `${name}@${host}'s password:`);
}

function refusal(prompt: string): string {
  const [, key] = /passphrase for (?:key )?['"]?([^'"]+)['"]?:/i.exec(prompt) ?? [];
  if (key === undefined) return `gitpod-helper: only the owner token is answered here, not: ${prompt}\n`;
  return `gitpod-helper: ssh asks for the passphrase of the key ${key}, which is not the owner token; run: ssh-add ${key}\n`;
}
