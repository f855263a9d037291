import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type Installation, parseInstallation } from '../account/installation.ts';
import { StandaloneStore } from '../account/standaloneStore.ts';
import { parseToken } from '../account/token.ts';
import type { HelperSettings } from '../connection/core.ts';
import { helperArguments } from '../connection/openSsh/helperArguments.ts';
import { failure } from '../failures.ts';
import { logLevels } from '../log.ts';
import { helperDirectory } from '../platform/helperDirectory.ts';
import { passwdHome } from '../platform/home.ts';
import type { Secret } from '../platform/secret.ts';

/** Options that every command which talks to an installation has. */
export interface CommonOptions {
  readonly host: string;
  readonly tokenFile?: string;
  readonly caFile: string;
  readonly resolve: readonly string[];
  readonly sshPort: number;
  readonly home: string;
  readonly sshConfig: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

const defaultHost = 'gitpod.io';

/** Adds the common options to a command. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--host <host>', 'the installation, NAME or NAME:PORT', process.env['GITPOD_HOST'] ?? defaultHost)
    .option('--token-file <path>', 'a file with the token (default: GITPOD_TOKEN, then what login keeps)')
    .option('--ca-file <path>', 'trust the CA certificates in this file, too', '')
    .option('--resolve <pattern=address>', 'dial hosts that match at this address (repeatable)', collect, [])
    .option('--ssh-port <port>', "the SSH gateway's port", parsePort, 22)
    .option('--home <directory>', 'the home directory that counts', '')
    .option('-F, --ssh-config <path>', 'the OpenSSH configuration to read, as in ssh -F', '')
    .option('--json', 'print JSON', false)
    .option('--verbose', `log to standard error (as GITPOD_HELPER_LOG=info; levels: ${logLevels.join(', ')})`, false);
}

/** The installation the options name. @throws Failure INVALID_ARGUMENT. */
export function installationOf(options: CommonOptions): Installation {
  return parseInstallation(options.host);
}

/**
 * The settings the options mean.
 *
 * @param given the token, when it does not come from the options.
 * @throws Failure FILE_UNREADABLE, SIGN_IN_REQUIRED, INVALID_ARGUMENT.
 */
export function settingsOf(options: CommonOptions, given?: Secret): HelperSettings {
  const { host } = installationOf(options);
  return {
    credentials: [{ host, token: given ?? readToken(options, host) }, ...storedElsewhere(options, host)],
    caCertificatesPem: [],
    caFile: options.caFile,
    resolve: options.resolve,
    sshPort: options.sshPort,
    home: options.home,
    sshConfigFile: options.sshConfig,
  };
}

/** What login has kept for other installations. */
function storedElsewhere(options: CommonOptions, host: string): HelperSettings['credentials'] {
  const store = storeOf(options);
  const others = store.hosts().filter((other) => other !== host);
  return others.flatMap((other) => {
    const token = store.get(other);
    return token === undefined ? [] : [{ host: other, token }];
  });
}

/** The store of a person without an IDE. */
export function storeOf(options: CommonOptions): StandaloneStore {
  const home = options.home === '' ? passwdHome() : resolve(options.home);
  return new StandaloneStore(helperDirectory(home, process.env));
}

/** The arguments that give another run of the helper the same options. */
export function argumentsOf(options: CommonOptions): readonly string[] {
  const tokenFile = options.tokenFile === undefined ? [] : ['--token-file', resolve(options.tokenFile)];
  const settings = { ...options, sshConfigFile: options.sshConfig };
  return [...helperArguments(installationOf(options).host, settings), ...tokenFile];
}

/** `--token-file` before GITPOD_TOKEN before the store: what is said now counts more. Never an argument. */
function readToken(options: CommonOptions, host: string): Secret {
  const { tokenFile } = options;
  const said = tokenFile === undefined ? process.env['GITPOD_TOKEN'] : readTokenFile(tokenFile);
  const token = said === undefined || said.trim() === '' ? storeOf(options).get(host) : parseToken(said);
  if (token === undefined) throw failure('SIGN_IN_REQUIRED', { host, why: 'there is no token for it' });
  return token;
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
