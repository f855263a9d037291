import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { parseToken } from '../account/token.ts';
import type { WireCore } from '../connection/core.ts';
import { failure } from '../failures.ts';
import { addCommonOptions, type CommonOptions, installationOf, settingsOf, storeOf } from './commonOptions.ts';
import { runAction } from './runCommand.ts';

type LoginOptions = CommonOptions & { readonly tokenStdin: boolean };

/** `login --token-stdin` and `logout`: the token of a person who uses the helper without an IDE. */
export function addLoginCommands(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('login'))
    .description('keep a personal access token for an installation, after trying it')
    .option('--token-stdin', 'read the token from standard input', false)
    .action((options: LoginOptions) =>
      runAction(options, async ({ output, signal }) => {
        const installation = installationOf(options);
        if (!options.tokenStdin) {
          throw failure('INVALID_ARGUMENT', { argument: 'login', problem: 'give the token with --token-stdin' });
        }
        const token = parseToken(await text(process.stdin));
        await using core = wireCore(settingsOf(options, token));
        await core.context.accounts.controlPlane(installation).listWorkspaces(1, signal);
        storeOf(options).set(installation.host, token);
        output.document({ signed_in: installation.host });
        output.line(`Signed in to ${installation.host}.`);
      }),
    );
  addCommonOptions(program.command('logout'))
    .description('forget the token that login has kept for an installation')
    .action((options: CommonOptions) =>
      runAction(options, async ({ output }) => {
        const { host } = installationOf(options);
        const removed = storeOf(options).remove(host);
        output.document({ signed_out: host, removed });
        output.line(removed ? `Signed out of ${host}.` : `There was no token for ${host}.`);
      }),
    );
}
