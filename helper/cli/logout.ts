import type { Command } from 'commander';
import { addCommonOptions, type CommonOptions, installationOf, storeOf } from './commonOptions.ts';
import { runAction } from './runCommand.ts';

type LogoutOptions = CommonOptions & { readonly all: boolean };

/** `logout`: removes what login has kept, wherever that is. */
export function addLogoutCommand(program: Command): void {
  addCommonOptions(program.command('logout'))
    .description('forget the token that login has kept for an installation')
    .option('--all', 'for all installations', false)
    .action((options: LogoutOptions) =>
      runAction(options, async ({ output, signal }) => {
        const store = storeOf(options);
        const hosts = options.all ? store.hosts() : [installationOf(options).host];
        const signedOut: string[] = [];
        for (const host of hosts) if (await store.remove(host, signal)) signedOut.push(host);
        output.document({ signed_out: signedOut });
        for (const host of signedOut) output.line(`Signed out of ${host}.`);
        if (signedOut.length === 0)
          output.line(options.all ? 'There was no token.' : `There was no token for ${hosts[0]}.`);
      }),
    );
}
