import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Installation, parseInstallation } from '../account/installation.ts';
import { openStandaloneStore } from '../account/standalone/openStandaloneStore.ts';
import type { StandaloneStore } from '../account/standalone/standaloneStore.ts';
import { parseToken } from '../account/token.ts';
import type { HelperSettings } from '../connection/core.ts';
import { helperArguments } from '../connection/openSsh/helperArguments.ts';
import { type Failure, failure } from '../failures.ts';
import { type LogLevel, logLevels } from '../log.ts';
import { passwdHome } from '../platform/home.ts';
import type { Secret } from '../platform/secret.ts';

/** Options that every command which talks to an installation has. */
export interface CommonOptions {
  readonly host: string;
  readonly tokenFile?: string;
  readonly caFile: string;
  readonly resolve: readonly string[];
  readonly proxy?: string;
  readonly proxySsh: boolean;
  readonly sshPort: number;
  readonly home: string;
  readonly sshConfig: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly logLevel?: LogLevel;
  readonly logFile?: string;
}

const defaultHost = 'gitpod.io';

/** Values of options that are not given, where showing them in the help would tell nothing. */
const hiddenDefaults = { caFile: '', resolve: [], home: '', sshConfig: '' };

/** Adds the common options to a command. */
export function addCommonOptions(command: Command): Command {
  command
    .addOption(
      new Option('--host <host>', 'the installation, NAME or NAME:PORT').default(
        process.env['GITPOD_HOST'] || defaultHost,
        `GITPOD_HOST, else ${defaultHost}`,
      ),
    )
    .option('--token-file <path>', 'a file with the token (default: GITPOD_TOKEN, then what login keeps)')
    .option('--ca-file <path>', 'trust the CA certificates in this file, too')
    .option('--resolve <pattern=address>', 'dial hosts that match at this address (repeatable)', collect)
    .option('--proxy <url>', 'the proxy, or "direct" (default: HTTPS_PROXY, ALL_PROXY); NO_PROXY counts, too')
    .option('--proxy-ssh', "also reach the SSH gateway's port by the proxy", false)
    .option('--ssh-port <port>', "the SSH gateway's port", parsePort, 22)
    .option('--home <directory>', 'the home directory that counts')
    .option('-F, --ssh-config <path>', 'the OpenSSH configuration to read, as in ssh -F')
    .option('--json', 'print JSON', false)
    .option('--verbose', `log to standard error (as GITPOD_HELPER_LOG=info)`, false)
    .addOption(new Option('--log-level <level>', 'how much is logged').choices(logLevels))
    .option('--log-file <path>', 'append the log to this file; 5 MB, then it is put aside as PATH.1');
  for (const [name, value] of Object.entries(hiddenDefaults)) command.setOptionValueWithSource(name, value, 'default');
  return command;
}

/** The installation the options name. @throws Failure INVALID_ARGUMENT. */
export function installationOf(options: CommonOptions): Installation {
  return parseInstallation(options.host);
}

/**
 * The settings the options mean, with the token of the installation that they name.
 *
 * @throws Failure FILE_UNREADABLE, KEYCHAIN_FAILED, SIGN_IN_REQUIRED, INVALID_ARGUMENT.
 */
export async function settingsOf(options: CommonOptions, signal: AbortSignal): Promise<HelperSettings> {
  const { host } = installationOf(options);
  const token = await findToken(options, host, signal);
  if (token === undefined) throw noToken(host);
  return settingsWith(options, [{ host, token }]);
}

/** The settings the options mean, with what login has kept for other installations, too. @throws as {@link settingsOf}. */
export async function settingsOfAll(options: CommonOptions, signal: AbortSignal): Promise<HelperSettings> {
  const { host } = installationOf(options);
  const others = await storedElsewhere(options, host, signal);
  const token = await findToken(options, host, signal);
  if (token === undefined && others.length === 0) throw noToken(host);
  return settingsWith(options, token === undefined ? others : [{ host, token }, ...others]);
}

/** The settings the options mean, with these credentials. @throws Failure INVALID_ARGUMENT. */
export function settingsWith(options: CommonOptions, credentials: HelperSettings['credentials']): HelperSettings {
  return {
    credentials,
    caCertificatesPem: [],
    caFile: options.caFile,
    resolve: options.resolve,
    proxy: givenProxy(options),
    sshThroughProxy: options.proxySsh,
    sshPort: options.sshPort,
    home: options.home,
    sshConfigFile: options.sshConfig,
  };
}

/** User name and password come from the environment's URL, or are asked for on a terminal. */
function givenProxy({ proxy }: CommonOptions): HelperSettings['proxy'] {
  if (proxy === undefined) return undefined;
  return { url: proxy === 'direct' ? '' : proxy, username: '', password: undefined, noProxy: undefined };
}

/** What login has kept for other installations. */
async function storedElsewhere(
  options: CommonOptions,
  host: string,
  signal: AbortSignal,
): Promise<HelperSettings['credentials']> {
  const store = storeOf(options);
  const others = store.hosts().filter((other) => other !== host);
  const tokens = await Promise.all(others.map((other) => store.get(other, signal)));
  return others.flatMap((other, index) => {
    const token = tokens[index];
    return token === undefined ? [] : [{ host: other, token }];
  });
}

/** The store of a person without an IDE. */
export function storeOf(options: CommonOptions): StandaloneStore {
  const home = options.home === '' ? passwdHome() : resolve(options.home);
  return openStandaloneStore(home, process.env);
}

/** The arguments that give another run of the helper the same options. */
export function argumentsOf(options: CommonOptions): readonly string[] {
  const tokenFile = options.tokenFile === undefined ? [] : ['--token-file', resolve(options.tokenFile)];
  const settings = {
    ...options,
    proxy: givenProxy(options),
    sshThroughProxy: options.proxySsh,
    sshConfigFile: options.sshConfig,
  };
  return [...helperArguments(installationOf(options).host, settings), ...tokenFile];
}

/** `--token-file` before GITPOD_TOKEN before the store: what is said now counts more. Never an argument. */
async function findToken(options: CommonOptions, host: string, signal: AbortSignal): Promise<Secret | undefined> {
  const { tokenFile } = options;
  const said = tokenFile === undefined ? process.env['GITPOD_TOKEN'] : readTokenFile(tokenFile);
  if (said !== undefined && said.trim() !== '') return parseToken(said);
  return storeOf(options).get(host, signal);
}

function noToken(host: string): Failure {
  return failure('SIGN_IN_REQUIRED', { host, why: 'there is no token for it' });
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw failure('FILE_UNREADABLE', { path, purpose: 'token', problem: 'it cannot be read' }, error);
  }
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** A port as commander reads it. 0 is allowed where it means "any". */
export function parsePort(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) throw new InvalidArgumentError('it is not a port.');
  return port;
}
