import { type Installation, parseInstallation } from '../account/installation.ts';
import { openStandaloneStore } from '../account/standalone/openStandaloneStore.ts';
import type { Core } from '../connection/core.ts';
import type { ManagedConfiguration } from '../connection/openSsh/managedConfiguration.ts';
import { failure } from '../failures.ts';
import type {
  InstallRequest,
  PreviewRequest,
  SshConfigServiceServer,
  SshConfigState,
} from '../gen/gitpod/helper/v1/ssh_config_service.ts';
import { unary } from './handle.ts';
import { managedConfigurationOf } from './managedConfiguration.ts';
import type { Session } from './session.ts';

/** Serves SshConfigService. */
export function sshConfigService(session: Session): SshConfigServiceServer {
  return {
    preview: unary(async ({ hosts }: PreviewRequest, signal) => managed(session.core, hosts).preview(signal)),
    install: unary(async ({ hosts }: InstallRequest, signal) => {
      const configuration = managed(session.core, hosts);
      for (const { host } of installationsOf(session.core, hosts)) requireStoredToken(session.core, host);
      await configuration.install(signal);
      return { state: await stateMessage(configuration, signal) };
    }),
    uninstall: unary(async (_request, signal) => {
      const configuration = managed(session.core, []);
      await configuration.remove(signal);
      return { state: await stateMessage(configuration, signal) };
    }),
    status: unary(async (_request, signal) => ({ state: await stateMessage(managed(session.core, []), signal) })),
  };
}

function managed(core: Core, hosts: readonly string[]): ManagedConfiguration {
  return managedConfigurationOf(core, installationsOf(core, hosts));
}

function installationsOf(core: Core, hosts: readonly string[]): readonly Installation[] {
  return hosts.length > 0 ? hosts.map(parseInstallation) : core.context.accounts.installations();
}

/** ssh and editors start the helper without a front end: it then has what is in the standalone store only. */
function requireStoredToken({ context }: Core, host: string): void {
  const { home, env } = context.openSsh;
  if (openStandaloneStore(home, env).has(host)) return;
  throw failure('SIGN_IN_REQUIRED', { host, why: 'ssh and editors need a token that is kept' });
}

async function stateMessage(configuration: ManagedConfiguration, signal: AbortSignal): Promise<SshConfigState> {
  const { installed, managedConfigPath, userConfigPath, conflicts } = await configuration.state(signal);
  return {
    installed,
    path: managedConfigPath,
    userConfigPath,
    conflicts: conflicts.map(({ file, line, reason }) => ({ path: file, line, reason })),
  };
}
