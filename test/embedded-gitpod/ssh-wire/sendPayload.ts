import type Protocol from 'ssh2/lib/protocol/Protocol.js';
import utils from 'ssh2/lib/protocol/utils.js';

/** Sends one whole message as it is, in the order of ssh2's own messages; queued while a key exchange runs. */
export function sendPayload(protocol: Protocol, payload: Buffer): void {
  const { write } = protocol._packetRW;
  const start = write.allocStart;
  const packet = write.alloc(payload.length);
  packet.set(payload, start);
  utils.sendPacket(protocol, write.finalize(packet));
}
