import type { Command } from 'commander';
import type { AccountSnapshot } from '../account/account.ts';
import { parseInstallation } from '../account/installation.ts';
import type { HelperSettings, WireCore } from '../connection/core.ts';
import { Failure } from '../failures.ts';
import {
  addCommonOptions,
  type CommonOptions,
  installationOf,
  settingsOf,
  settingsWith,
  storeOf,
} from './commonOptions.ts';
import { failureDocument, table } from './output.ts';
import { type ActionContext, runAction } from './runCommand.ts';

/** `accounts`: where somebody is signed in, as whom, and whether the token still works. */
export function addAccountsCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('accounts'))
    .description('show where you are signed in, as whom, and whether it still works')
    .action((options: CommonOptions) => runAction(options, (context) => accounts(options, wireCore, context)));
}

async function accounts(options: CommonOptions, wireCore: WireCore, { output, signal }: ActionContext): Promise<void> {
  const named = installationOf(options).host;
  const store = storeOf(options);
  const hosts = new Set([...(isTokenGiven(options) ? [named] : []), ...store.hosts()]);
  const found = await Promise.all(
    [...hosts].map((host) =>
      tryAccount(host, wireCore, signal, async () => {
        if (host === named) return settingsOf(options, signal);
        const token = await store.get(host, signal); // what is given is for the named installation, and goes nowhere else
        return settingsWith(options, token === undefined ? [] : [{ host, token }]);
      }),
    ),
  );
  output.document({ accounts: found.map(accountDocument) });
  if (found.length === 0) {
    output.line('You are not signed in. Sign in with: gitpod-helper login');
    return;
  }
  const rows = found.map(({ host, snapshot, failure }) => [
    host,
    snapshot?.user?.name ?? '',
    failure === undefined ? 'signed in' : failure.message,
  ]);
  for (const line of table([['HOST', 'USER', 'STATE'], ...rows])) output.line(line);
}

function isTokenGiven(options: CommonOptions): boolean {
  return options.tokenFile !== undefined || (process.env['GITPOD_TOKEN'] ?? '').trim() !== '';
}

interface TriedAccount {
  readonly host: string;
  readonly snapshot?: AccountSnapshot;
  readonly failure?: Failure;
}

/** Every account is tried, whatever becomes of the others. */
async function tryAccount(
  host: string,
  wireCore: WireCore,
  signal: AbortSignal,
  settings: () => Promise<HelperSettings>,
): Promise<TriedAccount> {
  try {
    await using core = wireCore(await settings());
    return { host, snapshot: await core.context.accounts.refresh(parseInstallation(host), signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) return { host, failure: error };
    throw error;
  }
}

function accountDocument({ host, snapshot, failure }: TriedAccount): object {
  return {
    host,
    state: stateOf(failure),
    user_id: snapshot?.user?.id ?? '',
    user_name: snapshot?.user?.name ?? '',
    scopes: snapshot?.scopes ?? [],
    ...(failure === undefined ? {} : { failure: failureDocument(failure) }),
  };
}

function stateOf(failure: Failure | undefined): string {
  switch (failure?.code) {
    case undefined:
      return 'SIGNED_IN';
    case 'SIGN_IN_REQUIRED':
    case 'USER_BLOCKED':
      return 'EXPIRED';
    case 'KEYCHAIN_FAILED':
    case 'FILE_UNREADABLE':
      return 'UNKNOWN';
    default:
      return 'UNREACHABLE';
  }
}
