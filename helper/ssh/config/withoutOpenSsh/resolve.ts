import { userInfo } from 'node:os';
import { SshConfigError } from '../../errors.ts';
import type { Destination } from '../destination.ts';
import { expandPath } from '../expansion.ts';
import type { OpenSshEnvironment } from '../openSsh.ts';
import type { SshGOutput } from '../sshG.ts';
import { asciiLowerCase } from './configLine.ts';
import { configSources } from './configSources.ts';
import { canonicalHostName, expandHostName } from './hostName.ts';
import type { Pass } from './pass.ts';
import { COMMAND_LINE, errorAt } from './place.ts';
import { parseProxyJump } from './proxyJump.ts';
import { DEFAULT_ALGORITHMS } from './publicKeyAlgorithms.ts';
import { readConfigFiles } from './readConfigFiles.ts';
import { type SettingKeyword, Settings } from './settings.ts';

const DEFAULT_PORT = 22;

const DEFAULT_KNOWN_HOSTS = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];

/**
 * Works out what `ssh -G` would print of the keywords the core uses, without OpenSSH and without running anything.
 *
 * @throws SshConfigError when OpenSSH would refuse the configuration, and when only OpenSSH could tell the outcome: it
 *   depends on a `Match exec` or on the DNS.
 */
export async function resolveWithoutOpenSsh(
  destination: Destination,
  environment: OpenSshEnvironment,
  signal: AbortSignal,
): Promise<SshGOutput> {
  const settings = commandLineSettings(destination);
  const localUser = userInfo().username;
  const sources = configSources(environment);
  const pass = { originalHost: destination.host, localUser, environment, signal, settings };
  await readConfigFiles(sources, { ...pass, host: destination.host, isFinal: false });
  refuseDns(settings);
  const host = hostOf(destination, settings);
  if (settings.wantsFinalPass) {
    settings.replace('hostname', host, settings.get('hostname')?.place ?? COMMAND_LINE);
    await readConfigFiles(sources, { ...pass, host, isFinal: true });
  }
  return print(host, { ...pass, host, isFinal: true });
}

function commandLineSettings({ user, port }: Destination): Settings {
  const settings = new Settings();
  if (user !== undefined) settings.replace('user', user, COMMAND_LINE);
  if (port !== undefined) settings.replace('port', String(port), COMMAND_LINE);
  return settings;
}

function hostOf(destination: Destination, settings: Settings): string {
  const hostName = settings.get('hostname');
  return canonicalHostName(hostName === undefined ? destination.host : expandHostName(hostName, destination.host));
}

/** Canonical names come from the DNS, and with them which blocks apply. */
function refuseDns(settings: Settings): void {
  const wanting = [settings.get('canonicalizehostname'), settings.get('canonicalizepermittedcnames')];
  const setting = wanting.find((found) => found !== undefined && !['no', 'false', 'none'].includes(found.value));
  if (setting !== undefined) {
    throw errorAt(setting.place, 'only OpenSSH itself asks the DNS for names, and it was not found on this machine');
  }
}

function print(host: string, { environment, localUser, originalHost, settings }: Pass): SshGOutput {
  const user = settings.value('user') ?? localUser;
  const port = settings.value('port') ?? String(DEFAULT_PORT);
  const hostKeyAlias = mapped(settings, 'hostkeyalias', asciiLowerCase);
  const proxyJump = mapped(settings, 'proxyjump', unlessNone);
  if (proxyJump !== undefined) refuseLoop(proxyJump, { host, user, port });
  const values = { originalHost, hostName: host, port: Number(port), user, hostKeyAlias, proxyJump };
  const knownHosts = settings.list('userknownhostsfile') ?? DEFAULT_KNOWN_HOSTS;
  const entries: readonly (readonly [string, readonly string[]])[] = [
    ['user', [user]],
    ['hostname', [host]],
    ['port', [port]],
    ['identitiesonly', [settings.value('identitiesonly') ?? 'no']],
    ['pubkeyauthentication', [settings.value('pubkeyauthentication') ?? 'true']],
    ['pubkeyacceptedalgorithms', [settings.value('pubkeyacceptedalgorithms') ?? DEFAULT_ALGORITHMS.join(',')]],
    ['preferredauthentications', listed(settings.value('preferredauthentications'))],
    ['hostkeyalias', listed(hostKeyAlias)],
    ['identityagent', listed(mapped(settings, 'identityagent', (path) => expandPath(path, values, environment)))],
    ['proxyjump', listed(proxyJump)],
    ['proxycommand', listed(mapped(settings, 'proxycommand', unlessNone))],
    [
      'userknownhostsfile',
      knownHosts.map((path) => (unlessNone(path) === undefined ? 'none' : expandPath(path, values, environment))),
    ],
    ['identityfile', settings.paths('identityfile')],
    ['certificatefile', settings.paths('certificatefile')],
  ];
  return new Map(entries.filter(([, printed]) => printed.length > 0));
}

function mapped(
  settings: Settings,
  keyword: SettingKeyword,
  change: (value: string) => string | undefined,
): string | undefined {
  const value = settings.value(keyword);
  return value === undefined ? undefined : change(value);
}

function unlessNone(value: string): string | undefined {
  return asciiLowerCase(value) === 'none' ? undefined : value;
}

function listed(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

function refuseLoop(
  proxyJump: string,
  destination: { readonly host: string; readonly user: string; readonly port: string },
): void {
  const jump = parseProxyJump(proxyJump);
  if (typeof jump === 'string') return;
  const { host, user = destination.user, port = DEFAULT_PORT } = jump.lastHop;
  if (host === destination.host && user === destination.user && String(port) === destination.port) {
    throw new SshConfigError(`jumphost loop via ${host}`);
  }
}
