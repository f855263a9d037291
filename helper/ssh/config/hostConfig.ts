import { resolve } from 'node:path';
import { passwdHome } from '../../platform/home.ts';
import { SshConfigError } from '../errors.ts';
import { DEFAULT_KEY_FILES } from './defaultKeyFiles.ts';
import { assertSafeDestination, type Destination } from './destination.ts';
import { expandPath, type TokenValues } from './expansion.ts';
import { type IdentityAgent, parseIdentityAgent } from './identityAgent.ts';
import type { OpenSshEnvironment } from './openSsh.ts';
import { runSshG, runSshGForDefaults, type SshGOutput } from './sshG.ts';
import { resolveWithoutOpenSsh } from './withoutOpenSsh/resolve.ts';

/** One key file that OpenSSH would look at. */
export interface IdentityFileEntry {
  /** Absolute. */
  readonly path: string;
  /** `config`: named by the user; `default`: one of OpenSSH's own names, used as no other is configured. */
  readonly origin: 'config' | 'default';
}

/** What OpenSSH's configuration says about one destination, as far as it matters here; terms as in ssh_config(5). */
export interface HostConfig {
  /** As asked for, before `HostName`. */
  readonly host: string;
  readonly hostName: string;
  readonly user: string;
  readonly port: number;
  readonly identityFiles: readonly IdentityFileEntry[];
  /** Absolute. */
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly identityAgent: IdentityAgent;
  readonly pubkeyAuthentication: boolean;
  /** Undefined when not configured. */
  readonly preferredAuthentications: readonly string[] | undefined;
  /** Undefined when it is not known which are accepted. */
  readonly pubkeyAcceptedAlgorithms: readonly string[] | undefined;
  readonly proxyJump: string | undefined;
  readonly proxyCommand: string | undefined;
  readonly hostKeyAlias: string | undefined;
  /** Absolute, in OpenSSH's order; they need not exist. Empty when none is to be read. */
  readonly userKnownHostsFiles: readonly string[];
  /** One sentence when the configuration could not be read as OpenSSH would. */
  readonly degraded: string | undefined;
}

const DEFAULT_DEADLINE_MS = 10_000;

const WITHOUT_OPENSSH =
  'OpenSSH was not found on this machine; its configuration was read without it, and no command in it was run.';

/**
 * Resolves OpenSSH's configuration for a destination with OpenSSH's own `ssh -G`, which also runs `Match exec` commands:
 * call it once for each connect. Without OpenSSH the files are read here, nothing is run, and the result is `degraded`.
 *
 * @throws SshConfigError when the destination or the configuration cannot be used, OpenSSH is late (10 s by default), or
 *   it is not there and nothing else can tell the outcome.
 */
export async function resolveHostConfig(
  destination: Destination,
  environment: OpenSshEnvironment,
  options: { readonly signal: AbortSignal; readonly deadlineMs?: number },
): Promise<HostConfig> {
  assertSafeDestination(destination);
  const { sshPath } = environment;
  if (sshPath === undefined) {
    const output = await resolveWithoutOpenSsh(destination, environment, options.signal);
    return toHostConfig(destination, environment, output, DEFAULT_KEY_FILES, WITHOUT_OPENSSH);
  }
  const runOptions = { signal: options.signal, deadlineMs: options.deadlineMs ?? DEFAULT_DEADLINE_MS };
  const [printed, defaults] = await Promise.all([
    runSshG(sshPath, destination, environment, runOptions),
    runSshGForDefaults(sshPath, environment, runOptions),
  ]);
  const output = withPathsInHome(withListSplit(printed, 'userknownhostsfile'), environment);
  return toHostConfig(destination, environment, output, defaults.get('identityfile') ?? [], undefined);
}

function toHostConfig(
  destination: Destination,
  environment: OpenSshEnvironment,
  output: SshGOutput,
  defaultNames: readonly string[],
  degraded: string | undefined,
): HostConfig {
  const tokens: TokenValues = {
    originalHost: destination.host,
    hostName: required(output, 'hostname'),
    port: Number(required(output, 'port')),
    user: required(output, 'user'),
    hostKeyAlias: single(output, 'hostkeyalias'),
    proxyJump: unlessNone(single(output, 'proxyjump')),
  };
  const absolute = (path: string) => resolve(expandPath(path, tokens, environment));
  return {
    host: destination.host,
    hostName: tokens.hostName,
    user: tokens.user,
    port: tokens.port,
    identityFiles: identityFiles(output.get('identityfile') ?? defaultNames, defaultNames, absolute),
    certificateFiles: (output.get('certificatefile') ?? []).filter(isNotNone).map(absolute),
    identitiesOnly: flag(output, 'identitiesonly'),
    identityAgent: parseIdentityAgent(single(output, 'identityagent')),
    pubkeyAuthentication: flag(output, 'pubkeyauthentication'),
    preferredAuthentications: single(output, 'preferredauthentications')?.split(','),
    pubkeyAcceptedAlgorithms: single(output, 'pubkeyacceptedalgorithms')?.split(','),
    proxyJump: tokens.proxyJump,
    proxyCommand: unlessNone(single(output, 'proxycommand')),
    hostKeyAlias: tokens.hostKeyAlias,
    userKnownHostsFiles: (output.get('userknownhostsfile') ?? []).filter(isNotNone).map((path) => resolve(path)),
    degraded,
  };
}

/** OpenSSH prints its default names only when no `IdentityFile` applies, and never beside one. */
function identityFiles(
  written: readonly string[],
  defaultNames: readonly string[],
  absolute: (path: string) => string,
): readonly IdentityFileEntry[] {
  if (written.join('\n') === defaultNames.join('\n')) {
    const names = new Set([...defaultNames, ...DEFAULT_KEY_FILES]);
    return [...names].map((path) => ({ path: absolute(path), origin: 'default' }));
  }
  return written.filter(isNotNone).map((path) => ({ path: absolute(path), origin: 'config' }));
}

/** `ssh -G` prints a list of files on one line, without quotes: each begins where an absolute path does. */
function withListSplit(output: SshGOutput, keyword: string): SshGOutput {
  const line = single(output, keyword);
  return line === undefined ? output : new Map([...output, [keyword, line.split(/ (?=[/\\]|[A-Za-z]:[/\\])/)]]);
}

/** `ssh -G` prints some paths with the passwd home already filled in; with an overridden home that is the home meant. */
function withPathsInHome(output: SshGOutput, environment: OpenSshEnvironment): SshGOutput {
  if (!environment.homeIsOverridden) return output;
  const prefix = `${passwdHome()}/`;
  const inHome = (path: string) =>
    path.startsWith(prefix) ? resolve(environment.home, path.slice(prefix.length)) : path;
  const expanded = ['identityagent', 'userknownhostsfile'].flatMap((keyword) => {
    const paths = output.get(keyword);
    return paths === undefined ? [] : [[keyword, paths.map(inHome)] as const];
  });
  return new Map([...output, ...expanded]);
}

function single(output: SshGOutput, keyword: string): string | undefined {
  return output.get(keyword)?.[0];
}

function required(output: SshGOutput, keyword: string): string {
  const value = single(output, keyword);
  if (value === undefined) throw new SshConfigError(`ssh -G printed no ${keyword}`);
  return value;
}

/** Yes and no are printed as such for some keywords and as true and false for others. */
function flag(output: SshGOutput, keyword: string): boolean {
  const value = single(output, keyword);
  return value !== undefined && value !== 'no' && value !== 'false';
}

function unlessNone(value: string | undefined): string | undefined {
  return value === undefined || isNotNone(value) ? value : undefined;
}

function isNotNone(value: string): boolean {
  return value.toLowerCase() !== 'none';
}
