import { parseInstallation } from '../account/installation.ts';
import { parseToken } from '../account/token.ts';
import type { HelperSettings } from '../connection/core.ts';
import { failure } from '../failures.ts';
import type {
  HelperServiceServer,
  InitializeRequest,
  InitializeResponse,
  ProxySettings,
} from '../gen/gitpod/helper/v1/helper_service.ts';
import type { GivenProxy } from '../platform/network/proxy/proxySettings.ts';
import { Secret } from '../platform/secret.ts';
import { helperVersion, protocolVersion } from '../version.ts';
import { collectDiagnostics } from './diagnostics.ts';
import { serverStream, unary } from './handle.ts';
import type { Session } from './session.ts';

/** Serves HelperService. `shutDown` is called once the answer to Shutdown is on its way. */
export function helperService(session: Session, shutDown: () => void): HelperServiceServer {
  return {
    initialize: unary(async (request: InitializeRequest): Promise<InitializeResponse> => {
      requireCommonProtocol(request);
      await session.initialize(toSettings(request));
      return { helperVersion, protocolVersion, capabilities: ['connect.tcp'], session: session.id };
    }),
    collectDiagnostics: serverStream((request, send, signal) => collectDiagnostics(session, request, send, signal)),
    shutdown: unary(async () => {
      setImmediate(shutDown);
      return {};
    }),
  };
}

function requireCommonProtocol({ minProtocolVersion: min, maxProtocolVersion: max }: InitializeRequest): void {
  if (min <= protocolVersion && protocolVersion <= max) return;
  const offered = min === max ? String(min) : `${min} to ${max}`;
  throw failure('PROTOCOL_VERSION_UNSUPPORTED', { offered, supported: String(protocolVersion) });
}

function toSettings(request: InitializeRequest): HelperSettings {
  const { overrides, proxy } = request;
  const sshPort = overrides?.sshPort ?? 0;
  if (sshPort > 65_535)
    throw failure('INVALID_ARGUMENT', { argument: 'ssh_port', problem: `${sshPort} is not a port` });
  return {
    frontEnd: { name: request.clientName, version: request.clientVersion },
    credentials: request.credentials.map(({ host, token }) => ({
      host: parseInstallation(host).host,
      token: parseToken(token),
    })),
    caCertificatesPem: request.caCertificatesPem,
    caFile: overrides?.caFile ?? '',
    resolve: overrides?.resolve ?? [],
    proxy: proxy === undefined ? undefined : readProxy(proxy),
    sshThroughProxy: proxy?.sshThroughProxy ?? false,
    sshPort,
    home: overrides?.home ?? '',
    sshConfigFile: overrides?.sshConfigFile ?? '',
  };
}

function readProxy({ url, username, password, noProxy }: ProxySettings): GivenProxy {
  return { url, username, password: password === '' ? undefined : new Secret(password), noProxy };
}
