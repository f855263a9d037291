import type { Duplex } from 'node:stream';
import { Failure, failure } from '../../failures.ts';
import { log } from '../../log.ts';
import { Deadline, raceSignal } from '../../platform/deadline.ts';
import type { Secret } from '../../platform/secret.ts';
import { type HostKey, parseHostKey } from '../../ssh/hostkeys/hostKey.ts';
import { identificationString } from '../identificationString.ts';
import { openSupervisorTunnel, openWebSocketTunnel, type WebSocketTunnel } from '../webSocketTunnel.ts';
import { keyPairFailure, tunnelFailure, workspaceSshFailure } from './companionFailure.ts';
import { GrpcWebError } from './grpcWebCall.ts';
import { createSshKeyPair, type SupervisorKeyPair } from './supervisorKeyPair.ts';
import type { TunnelSession } from './tunnelSession.ts';

/** The port of the workspace's SSH server, which always has a tunnel (gitpod-wire §5.2). */
const workspaceSshPort = 23001;

/** How the SSH gateway introduces itself (ssh-gateway-observed §1). */
const sshGatewayIdentification = 'SSH-2.0-GITPOD-GATEWAY';

const identificationTimeoutMs = 5_000;
const tunnelTimeoutMs = 20_000;
const keyPairTimeoutMs = 15_000;
const channelTimeoutMs = 10_000;

/** What the Local Companion's way needs. */
export interface CompanionWayRequest extends WebSocketTunnel {
  /** Whether the installation seems to have no SSH gateway: what is at its place then leads to the workspace itself. */
  readonly sshGatewayMayBeOff: () => Promise<boolean>;
}

/** A stream to the workspace's own SSH server, and what the supervisor gave to get in there. */
export interface CompanionWay {
  readonly stream: Duplex;
  readonly keyPair: SupervisorKeyPair;
  /** The only key that the server may show. */
  readonly hostKey: HostKey;
}

/**
 * Opens the way that Gitpod's Local Companion took (legacy): a WebSocket to the supervisor, SSH with the supervisor inside,
 * and through a channel of that, the workspace's own SSH server. Where there is no SSH gateway, the WebSocket that is
 * otherwise the SSH gateway's leads there directly.
 *
 * @throws Failure HOST_KEYS_UNAVAILABLE, INSTALLATION_ERROR, SSH_PROTOCOL_ERROR, WORKSPACE_SSH_DOWN, WORKSPACE_SSH_SILENT,
 *   or that of the WebSocket or the network; or the signal's reason.
 */
export async function openCompanionWay(request: CompanionWayRequest): Promise<CompanionWay> {
  const fetching = fetchKeyPair(request);
  fetching.catch(() => undefined); // told when the stream is there
  const stream = (await openDirectly(request)) ?? (await openThroughSupervisor(request));
  try {
    const keyPair = await fetching;
    return { stream, keyPair, hostKey: requireHostKey(keyPair, request) };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** @returns undefined where that WebSocket does not lead to the workspace's SSH server. */
async function openDirectly(request: CompanionWayRequest): Promise<Duplex | undefined> {
  if (!(await request.sshGatewayMayBeOff())) return undefined;
  using deadline = new Deadline('the identification string', identificationTimeoutMs, request.signal);
  try {
    const stream = await openWebSocketTunnel(request);
    const identification = await identificationString(stream, deadline.signal);
    if (!identification.startsWith(sshGatewayIdentification)) return stream;
    stream.destroy();
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof Failure && error.code === 'WORKSPACE_NOT_FOUND') throw error;
    log.info('companion.not_direct', { error });
  }
  return undefined;
}

async function openThroughSupervisor(request: CompanionWayRequest): Promise<Duplex> {
  const tunnel = await openTunnel(request);
  try {
    const stream = await openWorkspaceSsh(tunnel, request);
    stream.once('close', () => tunnel[Symbol.dispose]()); // nothing else goes through it
    return stream;
  } catch (error) {
    tunnel[Symbol.dispose]();
    throw error;
  }
}

async function openTunnel(request: CompanionWayRequest): Promise<TunnelSession> {
  const stream = await openSupervisorTunnel(request);
  using deadline = new Deadline('SSH with the supervisor', tunnelTimeoutMs, request.signal);
  const abandon = () => stream.destroy();
  deadline.signal.addEventListener('abort', abandon, { once: true });
  try {
    const { TunnelSession } = await import('./tunnelSession.ts');
    return await TunnelSession.connect(stream);
  } catch (error) {
    throw explain(request, tunnelFailure(deadline.signal.aborted ? deadline.signal.reason : error, request));
  } finally {
    deadline.signal.removeEventListener('abort', abandon);
  }
}

async function openWorkspaceSsh(tunnel: TunnelSession, request: CompanionWayRequest): Promise<Duplex> {
  using deadline = new Deadline("opening a channel to the workspace's SSH server", channelTimeoutMs, request.signal);
  try {
    return await raceSignal(tunnel.open(workspaceSshPort), deadline.signal);
  } catch (error) {
    throw explain(request, workspaceSshFailure(error, request));
  }
}

async function fetchKeyPair(request: CompanionWayRequest): Promise<SupervisorKeyPair> {
  const { origin, ownerToken, network, signal } = request;
  using deadline = new Deadline('getting a key from the supervisor', keyPairTimeoutMs, signal);
  try {
    const token = await ownerToken.get();
    const createWith = (current: Secret) => createSshKeyPair(origin, current, network, deadline.signal);
    return await createWith(token).catch(async (error: unknown) => {
      const isRefused = error instanceof GrpcWebError && error.isUnauthorized;
      const replacement = isRefused ? await ownerToken.replacementFor(token) : undefined;
      if (replacement === undefined) throw error;
      return createWith(replacement);
    });
  } catch (error) {
    throw explain(request, keyPairFailure(deadline.signal.aborted ? deadline.signal.reason : error, request));
  }
}

function requireHostKey({ hostKey }: SupervisorKeyPair, { origin }: CompanionWayRequest): HostKey {
  const { host } = new URL(origin);
  if (hostKey === undefined) {
    throw failure('HOST_KEYS_UNAVAILABLE', { host, problem: 'the supervisor gave none with its key pair' });
  }
  try {
    return parseHostKey(hostKey.type, hostKey.base64);
  } catch (error) {
    throw failure('HOST_KEYS_UNAVAILABLE', { host, problem: 'what the supervisor gave is no host key' }, error);
  }
}

/** Whoever has cancelled the attempt wants to hear nothing else. */
function explain({ signal }: CompanionWayRequest, explained: Failure): Failure {
  signal.throwIfAborted();
  return explained;
}
