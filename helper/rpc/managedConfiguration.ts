import type { Installation } from '../account/installation.ts';
import type { Core } from '../connection/core.ts';
import { helperArguments } from '../connection/openSsh/helperArguments.ts';
import { ManagedConfiguration } from '../connection/openSsh/managedConfiguration.ts';
import { selfCommand } from '../platform/selfCommand.ts';

/** The managed OpenSSH configuration of these installations, as this client has set the helper up. */
export function managedConfigurationOf(core: Core, installations: readonly Installation[]): ManagedConfiguration {
  const managed = installations.map((installation) => ({
    installation,
    proxyCommand: [
      ...selfCommand(),
      'proxy',
      ...helperArguments(installation.host, core.settings),
      { token: 'h' as const },
    ],
  }));
  return new ManagedConfiguration(managed, core.context);
}
