import type { ControlPlane, HeartbeatSubject } from '../account/controlPlane.ts';
import { log } from '../log.ts';
import { Deadline, pause } from '../platform/deadline.ts';
import type { Network } from '../platform/network/network.ts';
import type { OwnerToken } from './ownerToken.ts';

/** What a heartbeat is sent for. */
export interface HeartbeatTarget extends HeartbeatSubject {
  /** The workspace's own host. */
  readonly origin: string;
  readonly ownerToken: OwnerToken;
}

/** How it is sent. */
export interface HeartbeatContext {
  readonly network: Network;
  readonly controlPlane: Pick<ControlPlane, 'sendHeartbeat'>;
  /** Resolves as soon as a client is connected. */
  readonly untilInUse: (signal: AbortSignal) => Promise<void>;
  /** Where to send the next one, which changes when a connection is made again. */
  readonly target: () => HeartbeatTarget;
  readonly intervalMs?: () => number;
}

const requestTimeoutMs = 5_000;
const maxBodyBytes = 16 * 1024;

/** As Gitpod's own plugin sends them, so that many clients do not come at the same moment (gitpod-wire §8.2). */
function usualIntervalMs(): number {
  return 30_000 + 5_000 + Math.random() * 9_000;
}

/**
 * Keeps a workspace from timing out while a client is connected, by the supervisor's endpoint (gitpod-wire §5). When
 * it ends, the control plane is told that the last client has gone, where the token may tell.
 *
 * @throws the signal's reason; returns when the supervisor is too old to take heartbeats.
 */
export async function keepActive(context: HeartbeatContext, signal: AbortSignal): Promise<void> {
  const { untilInUse, target, intervalMs = usualIntervalMs } = context;
  let wasInUse = false;
  try {
    for (;;) {
      await untilInUse(signal);
      wasInUse = true;
      if (!(await sendHeartbeat(target(), context.network, signal))) return;
      await pause(intervalMs(), signal);
    }
  } finally {
    if (wasInUse) void sayClosed(target(), context.controlPlane); // the end does not wait for it
  }
}

/** @returns false when the supervisor takes none. */
async function sendHeartbeat(
  { origin, ownerToken }: HeartbeatTarget,
  network: Network,
  signal: AbortSignal,
): Promise<boolean> {
  using deadline = new Deadline('sending a heartbeat', requestTimeoutMs, signal);
  try {
    const token = await ownerToken.get();
    const headers = { 'x-gitpod-owner-token': token.reveal() };
    const url = new URL('/_supervisor/v1/send_heartbeat', origin);
    const { status, body } = await network.get(url, { headers, signal: deadline.signal, maxBodyBytes });
    if (status === 401 || status === 403) await ownerToken.replacementFor(token); // for the next one
    if (status !== 200) log.info('connection.heartbeat_refused', { status });
    return !(status === 501 || body.includes('not implemented'));
  } catch (error) {
    signal.throwIfAborted();
    log.info('connection.heartbeat_failed', { error });
    return true;
  }
}

async function sayClosed(
  { workspaceId, instanceId }: HeartbeatTarget,
  controlPlane: Pick<ControlPlane, 'sendHeartbeat'>,
): Promise<void> {
  using deadline = new Deadline('saying that the last client has gone', requestTimeoutMs);
  try {
    await controlPlane.sendHeartbeat({ workspaceId, instanceId }, 'closed', deadline.signal);
  } catch (error) {
    log.debug('connection.closed_not_told', { error }); // few tokens may; the workspace then times out as usual
  }
}
