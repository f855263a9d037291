import { type Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import { raceSignal } from '../platform/deadline.ts';
import { watchNetwork } from '../platform/network/networkWatch.ts';
import type { ConnectContext, ConnectRequest } from './connectWorkspace.ts';
import type { Established } from './establish.ts';
import type { ConnectEvent } from './events.ts';
import { tellChangedLink } from './joinLink/tellChangedLink.ts';
import { watchBackend } from './joinLink/watchBackend.ts';
import type { LocalForward } from './localForward.ts';
import { watchForStop } from './watchForStop.ts';

/**
 * Carries bytes, and tells of a backend that was restarted, which then gets the connections.
 *
 * @returns SSH_CONNECTION_LOST when it may be made again; another failure when it makes no sense any more.
 * @throws the signal's reason.
 */
export async function untilLost(
  request: ConnectRequest,
  context: ConnectContext,
  current: Established,
  forward: LocalForward,
  closedAtOnce: Promise<void>,
  emit: (event: ConnectEvent) => void,
  signal: AbortSignal,
): Promise<Failure> {
  const lost = new AbortController();
  const watchSignal = AbortSignal.any([signal, lost.signal]);
  const watching = watchBackend(
    current.status,
    current.askBackend,
    (status) => {
      const { backendHost, backendPort } = status.joinLink;
      forward.connectTo(() => current.openPort(backendHost, backendPort));
      tellChangedLink('', status, forward.port, emit);
    },
    watchSignal,
  );
  watching.catch(() => undefined); // ends with the signal only
  try {
    const closed = closedAtOnce.then(() => backendClosedAtOnce(request, current));
    const controlPlane = context.accounts.controlPlane(request.ref.installation);
    const { instanceId } = current.heartbeatTarget;
    const stopped = watchForStop(request.ref, instanceId, controlPlane, emit, watchSignal);
    stopped.catch(() => undefined); // ends with the signal
    using _watching = watchNetwork(() => {
      log.info('connection.doubted', { workspaceId: request.ref.workspaceId });
      current.doubt();
    });
    return await raceSignal(Promise.race([current.lost, closed, stopped]), signal);
  } finally {
    lost.abort(failure('CANCELLED', {}));
  }
}

function backendClosedAtOnce({ ref }: ConnectRequest, { status }: Established): Failure {
  return failure('BACKEND_UNREACHABLE', {
    host: ref.installation.host,
    workspaceId: ref.workspaceId,
    port: String(status.joinLink.backendPort),
    problem: 'it closes them without a word',
  });
}
