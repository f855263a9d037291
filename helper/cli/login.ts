import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { SignInPage } from '../account/signIn/signInThroughBrowser.ts';
import { parseToken } from '../account/token.ts';
import type { WireCore } from '../connection/core.ts';
import { openInBrowser } from '../platform/openInBrowser.ts';
import type { Secret } from '../platform/secret.ts';
import { askProxyLogin } from './askProxyLogin.ts';
import { addCommonOptions, type CommonOptions, installationOf, settingsWith, storeOf } from './commonOptions.ts';
import type { Output } from './output.ts';
import { readPastedAddresses } from './pastedAddress.ts';
import { type ActionContext, runAction } from './runCommand.ts';

type LoginOptions = CommonOptions & { readonly tokenStdin: boolean; readonly browser: boolean };

/** `login`: signs in through the browser, or takes a personal access token, and keeps the token. */
export function addLoginCommand(program: Command, wireCore: WireCore): void {
  addCommonOptions(program.command('login'))
    .description('sign in to an installation and keep the token')
    .option('--token-stdin', 'read a personal access token from standard input instead', false)
    .option('--no-browser', 'only print the page to open')
    .action((options: LoginOptions) => runAction(options, (context) => login(options, wireCore, context)));
}

async function login(options: LoginOptions, wireCore: WireCore, { output, signal }: ActionContext): Promise<void> {
  const { host } = installationOf(options);
  const store = storeOf(options);
  store.hosts(); // a store that cannot be used is told of before anybody signs in
  const { token, userName } = options.tokenStdin
    ? await tryGivenToken(options, wireCore, signal)
    : await signIn(options, wireCore, output, signal);
  const keptIn = await store.set(host, token, signal);
  output.document({ signed_in: { host, user_name: userName, kept_in: keptIn } });
  output.line(`Signed in to ${host}${userName === '' ? '' : ` as ${userName}`}. The token is kept in ${keptIn}.`);
}

interface Login {
  readonly token: Secret;
  readonly userName: string;
}

async function tryGivenToken(options: LoginOptions, wireCore: WireCore, signal: AbortSignal): Promise<Login> {
  const installation = installationOf(options);
  const token = parseToken(await text(addAbortSignal(signal, process.stdin)));
  await using core = wireCore(settingsWith(options, [{ host: installation.host, token }]));
  await askProxyLogin(options, core, signal);
  const { user } = await core.context.accounts.refresh(installation, signal);
  return { token, userName: user?.name ?? '' };
}

async function signIn(options: LoginOptions, wireCore: WireCore, output: Output, signal: AbortSignal): Promise<Login> {
  await using core = wireCore(settingsWith(options, []));
  await askProxyLogin(options, core, signal);
  using pasting = new DisposableStack();
  const onPage = (page: SignInPage) => {
    output.document({ open_page: { url: page.url, expires_at: page.expiresAt.toISOString() } });
    if (!output.json) process.stderr.write(invitation(page, options.browser && openInBrowser(page.url, process.env)));
    pasting.use(readPastedAddresses((address) => void takePasted(page, address)));
  };
  const { token, account } = await core.context.accounts.signIn(installationOf(options), onPage, signal);
  return { token, userName: account.user?.name ?? '' };
}

function invitation({ url }: SignInPage, isOpened: boolean): string {
  const lines = [
    isOpened ? 'Sign in on the page that opens in your browser, or open it yourself:' : 'Sign in on this page:',
    '',
    `  ${url}`,
    '',
  ];
  if (process.stdin.isTTY) {
    lines.push(
      'A browser on another machine ends on an address that it cannot open. Paste that address here.',
      'Waiting for the browser …',
    );
  }
  return `${lines.join('\n')}\n`;
}

async function takePasted(page: SignInPage, address: string): Promise<void> {
  const outcome = await page.paste(address);
  if (outcome.kind === 'foreign') {
    process.stderr.write('That is not the address the sign-in ends on; it begins with http://127.0.0.1:631.\n');
  }
}
