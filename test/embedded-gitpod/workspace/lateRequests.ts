import type { Connection } from 'ssh2';
import { protocolOf } from './protocolOf.ts';

const startsProgram: ReadonlySet<string> = new Set(['shell', 'exec']);
const worksLater: ReadonlySet<string> = new Set(['signal', 'window-change']);

/**
 * Answers channel requests that come after a program was started. ssh2's server lets them be handled but never replies, so
 * a client that wants a reply would wait for ever; sshd says success to a signal and failure to a second command.
 */
export function answerLateRequests(connection: Connection): void {
  const protocol = protocolOf(connection);
  const peerChannels = new Map<number, number>();
  const started = new Set<number>();
  const confirm = protocol.channelOpenConfirm.bind(protocol);
  protocol.channelOpenConfirm = (peerChannel, channel, window, packetSize) => {
    peerChannels.set(channel, peerChannel);
    started.delete(channel);
    confirm(peerChannel, channel, window, packetSize);
  };
  const handle = protocol._handlers.CHANNEL_REQUEST;
  protocol._handlers.CHANNEL_REQUEST = (from, channel, type, wantReply, data) => {
    const isLate = started.has(channel);
    if (startsProgram.has(type)) started.add(channel);
    handle?.(from, channel, type, wantReply && !isLate, data);
    const peerChannel = peerChannels.get(channel);
    if (!isLate || !wantReply || peerChannel === undefined) return;
    if (worksLater.has(type)) protocol.channelSuccess(peerChannel);
    else protocol.channelFailure(peerChannel);
  };
}
