import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts } from './account/accounts.ts';
import { Connections } from './connection/connections.ts';
import type { ConnectContext } from './connection/connectWorkspace.ts';
import type { Core, HelperSettings } from './connection/core.ts';
import { Prompts } from './connection/prompts.ts';
import { TransportMemory } from './connection/transportMemory.ts';
import { mentionCrashReports, reportCrash } from './crashReport.ts';
import { failure } from './failures.ts';
import { configureLog, type LogLevel, logLevels } from './log.ts';
import { helperDirectory } from './platform/helperDirectory.ts';
import { passwdHome } from './platform/home.ts';
import { Network } from './platform/network/network.ts';
import { type GivenProxy, type ProxySettings, proxySettings } from './platform/network/proxy/proxySettings.ts';
import { parseResolveOverride, type ResolveOverride } from './platform/network/resolveOverride.ts';
import { splitPem } from './platform/network/trustedCertificates.ts';
import { RotatingFile } from './platform/rotatingFile.ts';
import { rpcServices } from './rpc/services.ts';
import { Session } from './rpc/session.ts';
import { openSshEnvironment } from './ssh/config/openSsh.ts';
import { serveStdio } from './transport/serveStdio.ts';
import { WorkspaceCatalogue } from './workspaces/catalogue.ts';
import { RecentConnections } from './workspaces/recentConnections.ts';

/**
 * Wires the helper. Nothing is dialled yet.
 *
 * @throws Failure INVALID_ARGUMENT or FILE_UNREADABLE for settings that cannot be used.
 */
export function wireCore(settings: HelperSettings): Core {
  const network = new Network({
    resolve: settings.resolve.map(readResolveOverride),
    additionalCaPem: [...settings.caCertificatesPem, ...readCaFile(settings.caFile)],
    proxy: decideProxy(settings.proxy),
    sshThroughProxy: settings.sshThroughProxy,
  });
  const accounts = new Accounts(settings.credentials, network);
  const openSsh = openSshEnvironment({
    ...(settings.home === '' ? {} : { home: settings.home }),
    ...(settings.sshConfigFile === '' ? {} : { configFile: settings.sshConfigFile }),
  });
  const recents = new RecentConnections(join(helperDirectory(openSsh.home, openSsh.env), 'recent-connections.json'));
  const context: ConnectContext = {
    accounts,
    network,
    openSsh,
    sshPort: settings.sshPort === 0 ? 22 : settings.sshPort,
    prompts: new Prompts(),
    transports: new TransportMemory(),
    recents,
  };
  const connections = new Connections(context);
  const catalogue = new WorkspaceCatalogue(accounts, recents);
  return {
    settings,
    context,
    catalogue,
    connections,
    async [Symbol.asyncDispose]() {
      catalogue[Symbol.dispose]();
      await connections[Symbol.asyncDispose]();
      await accounts[Symbol.asyncDispose]();
      network[Symbol.dispose]();
    },
  };
}

function readResolveOverride(text: string): ResolveOverride {
  try {
    return parseResolveOverride(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw failure('INVALID_ARGUMENT', { argument: 'resolve', problem }, error);
  }
}

function decideProxy(given: GivenProxy | undefined): ProxySettings | undefined {
  try {
    return proxySettings(given, process.env);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw failure('INVALID_ARGUMENT', { argument: 'proxy', problem }, error);
  }
}

function readCaFile(path: string): readonly string[] {
  if (path === '') return [];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw failure('FILE_UNREADABLE', { path, purpose: 'CA certificates', problem: 'it cannot be read' }, error);
  }
  if (splitPem(text).length > 0) return [text];
  throw failure('FILE_UNREADABLE', { path, purpose: 'CA certificates', problem: 'there is no certificate in it' });
}

/** Long after the first answers: a start is not kept waiting for what happened before it. */
const mentionAfterMs = 2_000;

/** Serves the contract on standard input and output. */
export function serveContractOnStdio(): void {
  configureLog({ level: levelOfEnvironment(), sink: environmentSink() });
  const session = new Session(wireCore);
  const ownDirectory = () => directoryOf(session);
  setTimeout(() => mentionCrashReports(ownDirectory()), mentionAfterMs).unref();
  serveStdio(
    (shutDown) => rpcServices(session, shutDown),
    () => session[Symbol.asyncDispose](),
    (error) => reportCrash(ownDirectory(), error),
  );
}

/**
 * Serves the contract on a listener, for a person who debugs. The token of a port is shown on the terminal, or written to a
 * file that only its owner may read.
 */
export async function serveContractOnListener(address: string, tokenFile: string | undefined): Promise<void> {
  configureLog({ level: levelOfEnvironment(), sink: environmentSink() });
  const { parseListenAddress } = await import('./transport/listenAddress.ts'); // here only, all of it
  const { serveListener } = await import('./transport/serveListener.ts');
  const { Sessions } = await import('./rpc/sessions.ts');
  const token = randomBytes(24).toString('base64url');
  let sessions: InstanceType<typeof Sessions> | undefined;
  let written: string | undefined;
  const forgetToken = () => {
    if (written !== undefined) rmSync(written, { force: true });
  };
  try {
    const parsed = parseListenAddress(address);
    if (parsed.kind === 'tcp' && tokenFile !== undefined) {
      writeFileSync(tokenFile, `${token}\n`, { mode: 0o600, flag: 'wx' });
      written = tokenFile;
    }
    const listening = await serveListener({
      address: parsed,
      token,
      services: (shutDown) => {
        sessions = new Sessions(wireCore, shutDown);
        return sessions.services();
      },
      release: async () => {
        forgetToken();
        await sessions?.[Symbol.asyncDispose]();
      },
      onCrash: (error) => reportCrash(helperDirectory(passwdHome(), process.env), error),
    });
    process.stderr.write(`gitpod-helper: listening on ${listening}\n`);
    if (parsed.kind === 'tcp' && tokenFile === undefined) {
      process.stderr.write(`gitpod-helper: every call needs the metadata "authorization: Bearer ${token}"\n`);
    }
  } catch (error) {
    forgetToken();
    process.stderr.write(`gitpod-helper: ${address} ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  }
}

/** The helper's own directory in the home that the client has set, or else in the usual one. */
function directoryOf(session: Session): string {
  const home = session.settings?.home ?? '';
  return helperDirectory(home === '' ? passwdHome() : home, process.env);
}

function levelOfEnvironment(): LogLevel {
  return logLevels.find((level) => level === process.env['GITPOD_HELPER_LOG']) ?? 'info';
}

/** Standard error, and the file that GITPOD_HELPER_LOG_FILE names. */
function environmentSink(): (line: string) => void {
  const path = process.env['GITPOD_HELPER_LOG_FILE'] ?? '';
  const toStandardError = (line: string) => void process.stderr.write(line);
  if (path === '') return toStandardError;
  const file = new RotatingFile(path);
  return (line) => {
    toStandardError(line);
    file.append(line);
  };
}
