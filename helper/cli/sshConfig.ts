import type { Command } from 'commander';
import type { Core, WireCore } from '../connection/core.ts';
import { ManagedConfiguration } from '../connection/openSsh/managedConfiguration.ts';
import { failure } from '../failures.ts';
import { selfCommand } from '../platform/selfCommand.ts';
import {
  addCommonOptions,
  argumentsOf,
  type CommonOptions,
  installationOf,
  settingsWith,
  storeOf,
} from './commonOptions.ts';
import { runAction, runCommandOnAll } from './runCommand.ts';

/** `ssh-config show|install|status|remove`: what plain ssh and VS Code see of the workspaces. */
export function addSshConfigCommand(program: Command, wireCore: WireCore): void {
  const sshConfig = program.command('ssh-config').description('let plain ssh and editors know your workspaces');
  addCommonOptions(sshConfig.command('show'))
    .description('print the managed configuration')
    .action((options: CommonOptions) =>
      runCommandOnAll(options, wireCore, async ({ core, output, signal }) => {
        const { path, text } = await managedConfigurationOfAll(options, core).preview(signal);
        output.document({ path, text });
        output.line(text.trimEnd());
      }),
    );
  addCommonOptions(sshConfig.command('install'))
    .description('put one Include line at the top of your OpenSSH configuration')
    .action((options: CommonOptions) =>
      runCommandOnAll(options, wireCore, async ({ core, output, signal }) => {
        requireStoredToken(options);
        const managed = managedConfigurationOfAll(options, core);
        const warnings = await managed.install(signal);
        const { managedConfigPath, userConfigPath } = await managed.state(signal);
        output.document({ installed: true, user_config: userConfigPath, managed_config: managedConfigPath, warnings });
        output.line(`${userConfigPath} includes ${managedConfigPath}.`);
        for (const warning of warnings) output.line(`  ${warning}`);
        output.line('Take it out again with: gitpod-helper ssh-config remove');
      }),
    );
  addCommonOptions(sshConfig.command('status'))
    .description('tell whether the Include is there and in force')
    .action((options: CommonOptions) =>
      runCommandOnAll(options, wireCore, async ({ core, output, signal }) => {
        const state = await managedConfigurationOfAll(options, core).state(signal);
        output.document({
          installed: state.installed,
          in_force: state.inForce,
          user_config: state.userConfigPath,
          managed_config: state.managedConfigPath,
          conflicts: state.conflicts,
        });
        output.line(state.installed ? `Installed in ${state.userConfigPath}.` : 'Not installed.');
        if (state.installed) output.line(`In force: ${state.inForce}.`);
        for (const { file, line, reason } of state.conflicts) output.line(`  ${file}, line ${line}: ${reason}`);
      }),
    );
  addCommonOptions(sshConfig.command('remove'))
    .description('take the Include line out again')
    .action((options: CommonOptions) =>
      runAction(options, async ({ output, signal }) => {
        // Whoever has signed out is rid of it, too.
        await using core = wireCore(settingsWith(options, []));
        const removed = await managedConfigurationOfAll(options, core).remove(signal);
        output.document({ removed });
        output.line(removed ? 'Removed.' : 'It was not installed.');
      }),
    );
}

/** The managed configuration of the installation the options name. */
export function managedConfiguration(options: CommonOptions, core: Core): ManagedConfiguration {
  const proxyCommand = [...selfCommand(), 'proxy', ...argumentsOf(options), { token: 'h' as const }];
  return new ManagedConfiguration([{ installation: installationOf(options), proxyCommand }], core.context);
}

/** The managed configuration of every installation that login has kept a token for, and the one the options name. */
export function managedConfigurationOfAll(options: CommonOptions, core: Core): ManagedConfiguration {
  const managed = core.context.accounts.installations().map((installation) => ({
    installation,
    proxyCommand: [
      ...selfCommand(),
      'proxy',
      ...argumentsOf({ ...options, host: installation.host }),
      { token: 'h' as const },
    ],
  }));
  return new ManagedConfiguration(managed, core.context);
}

/** What is installed is used by editors later, which have no token in their environment. @throws Failure SIGN_IN_REQUIRED */
export function requireStoredToken(options: CommonOptions): void {
  const { host } = installationOf(options);
  if (options.tokenFile !== undefined || storeOf(options).has(host)) return;
  throw failure('SIGN_IN_REQUIRED', { host, why: 'ssh and editors need a token that is kept' });
}
