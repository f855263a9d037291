import type { Duplex } from 'node:stream';
import { networkFailure } from '../account/networkFailure.ts';
import { Failure, failure } from '../failures.ts';
import { Deadline } from '../platform/deadline.ts';
import type { Network } from '../platform/network/network.ts';
import { openWebSocket, UpgradeRefusedError } from '../platform/network/openWebSocket.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { OwnerToken } from './ownerToken.ts';
import { webSocketStream } from './webSocketStream.ts';

const timeoutMs = 20_000;

/** What carries SSH through the workspace's own host. */
export interface WebSocketTunnel {
  readonly ref: WorkspaceRef;
  /** The origin of the workspace's host. */
  readonly origin: string;
  readonly ownerToken: OwnerToken;
  readonly network: Network;
  readonly signal: AbortSignal;
}

/**
 * Opens `/_supervisor/tunnel/ssh` (gitpod-wire §4.8): raw SSH in binary messages. The owner token in the header
 * authenticates; the SSH inside does it by `none`. A token that was replaced meanwhile is fetched anew once.
 *
 * @throws Failure OWNER_TOKEN_REFUSED, WORKSPACE_NOT_FOUND, TUNNEL_REFUSED or that of the network; or the signal's reason.
 */
export function openWebSocketTunnel(tunnel: WebSocketTunnel): Promise<Duplex> {
  return openTunnelPath('/_supervisor/tunnel/ssh', tunnel);
}

/**
 * Opens `/_supervisor/tunnel` (gitpod-wire §5.2): SSH with the supervisor in binary messages. The owner token as above.
 *
 * @throws as {@link openWebSocketTunnel}.
 */
export function openSupervisorTunnel(tunnel: WebSocketTunnel): Promise<Duplex> {
  return openTunnelPath('/_supervisor/tunnel', tunnel);
}

async function openTunnelPath(path: string, tunnel: WebSocketTunnel): Promise<Duplex> {
  const token = await tunnel.ownerToken.get();
  try {
    return await open(path, tunnel, token.reveal());
  } catch (error) {
    const isRefused = error instanceof UpgradeRefusedError && (error.status === 401 || error.status === 403);
    const replacement = isRefused ? await tunnel.ownerToken.replacementFor(token) : undefined;
    if (replacement === undefined) throw explain(error, tunnel);
    return await open(path, tunnel, replacement.reveal()).catch((again: unknown) => {
      throw explain(again, tunnel);
    });
  }
}

async function open(path: string, { origin, network, signal }: WebSocketTunnel, ownerToken: string): Promise<Duplex> {
  using deadline = new Deadline('opening the WebSocket', timeoutMs, signal);
  const url = `${origin.replace(/^https/, 'wss')}${path}`;
  const headers = { 'x-gitpod-owner-token': ownerToken };
  return webSocketStream(await openWebSocket(url, headers, network, deadline.signal));
}

function explain(error: unknown, { ref, origin, signal }: WebSocketTunnel): unknown {
  signal.throwIfAborted();
  if (error instanceof Failure) return error;
  const { host } = new URL(origin);
  if (!(error instanceof UpgradeRefusedError)) return networkFailure(error, host);
  const where = { host: ref.installation.host, workspaceId: ref.workspaceId };
  switch (error.status) {
    case 401:
    case 403:
      return failure('OWNER_TOKEN_REFUSED', where, error);
    case 302:
      // To the installation's own page: the workspace is unknown. A network that wants a sign-in leads to another host.
      if (URL.parse(error.location)?.origin === ref.installation.origin) {
        return failure('WORKSPACE_NOT_FOUND', where, error);
      }
      return failure('TUNNEL_REFUSED', { host, problem: 'it leads to another site' }, error);
    default:
      return failure('TUNNEL_REFUSED', { host, problem: `it answers with HTTP ${error.status}` }, error);
  }
}
