import type { ConnectEvent } from '../events.ts';
import { type BackendStatus, rewriteJoinLink } from './joinLink.ts';

/**
 * Tells of a join link that is another one. A client that is there keeps its session over a lost connection; it needs another
 * link only for another backend.
 *
 * @returns the link as it is now, for the local port.
 */
export function tellChangedLink(
  before: string,
  status: BackendStatus,
  localPort: number,
  emit: (event: ConnectEvent) => void,
): string {
  const joinLink = rewriteJoinLink(status.joinLink, localPort);
  if (joinLink !== before) emit({ kind: 'join-link-changed', localPort, joinLink, backendPid: status.pid });
  return joinLink;
}
