import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Core, WireCore } from '../connection/core.ts';
import { openSshFiles } from '../connection/openSsh/openSshFiles.ts';
import { reachableWorkspace } from '../connection/reachableWorkspace.ts';
import type { WorkspaceAddress } from '../connection/workspaceAddress.ts';
import { failure } from '../failures.ts';
import { writeAskpass } from './askpass.ts';
import { addCommonOptions, type CommonOptions, installationOf } from './commonOptions.ts';
import { runCommand } from './runCommand.ts';
import { managedConfiguration } from './sshConfig.ts';
import { parseSshWords, takeConfigFile } from './sshWords.ts';

type SshOptions = CommonOptions & { readonly debugWorkspace: boolean; readonly useLocalApp: boolean };

/** `ssh [SSH OPTIONS] WORKSPACE [COMMAND…]`: the real ssh, with nothing of the user's changed. */
export function addSshCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('ssh <words...>'))
    .description('run ssh to a workspace; options of ssh such as -v, -L or -A go to ssh unchanged')
    .usage('[options] [ssh options] WORKSPACE [command...]')
    .option('--debug-workspace', 'the debug workspace inside it', false)
    .option('--use-local-app', "the Local Companion's way (legacy)", false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((allWords: readonly string[], given: SshOptions) => {
      const { words, configFile } = takeConfigFile(allWords);
      const options = { ...given, json: false, sshConfig: configFile ?? given.sshConfig };
      return runCommand(options, wireCore, async ({ core, signal }) => {
        const { sshOptions, workspaceId, command } = parseSshWords(words);
        const address = await requireRunning(workspaceId, options, core, signal);
        const { path, hosts } = await managedConfiguration(options, core).writeOverlay(signal);
        const askpass = join(openSshFiles(core.context).askpass, address.sshUser);
        await writeAskpass(askpass, workspaceId, address, options);
        const hasSshGateway = hosts.includes(address.sshHost);
        if (!hasSshGateway) process.stderr.write(`${address.sshHost}: there are no host keys of an SSH gateway\n`);
        // A bare id means the Local Companion's way.
        const host = options.useLocalApp || !hasSshGateway ? address.sshUser : address.sshHost;
        process.exitCode = await runSsh(core, [...sshOptions, '-F', path, host, ...command], askpass, signal);
      });
    });
}

async function requireRunning(
  workspaceId: string,
  options: SshOptions,
  core: Core,
  signal: AbortSignal,
): Promise<WorkspaceAddress> {
  const installation = installationOf(options);
  const ref = { installation, workspaceId, debug: options.debugWorkspace };
  const record = await core.context.accounts.controlPlane(installation).getWorkspace(workspaceId, signal);
  return reachableWorkspace(ref, record).address;
}

/** Where neither a key nor the WebSocket works, ssh asks for a password, and our askpass has the owner token. */
async function runSsh(
  { context }: Core,
  sshArguments: readonly string[],
  askpass: string,
  signal: AbortSignal,
): Promise<number> {
  const { sshPath, env } = context.openSsh;
  if (sshPath === undefined) {
    throw failure('PROGRAM_NOT_FOUND', { program: 'ssh', purpose: "OpenSSH's client" });
  }
  const child = spawn(sshPath, sshArguments, {
    stdio: 'inherit',
    env: { ...env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' },
  });
  // On Ctrl-C the terminal tells ssh, too; nobody else does.
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 255;
}
