/** One message of a Connect stream. */
export interface Envelope {
  /** The last one, which tells how the stream ended. */
  readonly isEnd: boolean;
  readonly payload: Buffer;
}

/** The stream is not one of Connect, or a message is longer than any should be. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
}

const headerBytes = 5;
const compressedFlag = 0x01;
const endFlag = 0x02;

/** Frames one message: a byte of flags, its length in four bytes, big-endian, then itself (gitpod-wire §3.5). */
export function encodeEnvelope(payload: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

/**
 * Reads the messages of a Connect stream, however it is cut into chunks.
 *
 * @throws EnvelopeError for a compressed message, one over the limit, or one that is cut off.
 */
export async function* readEnvelopes(body: AsyncIterable<Buffer>, maxMessageBytes: number): AsyncGenerator<Envelope> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= headerBytes) {
      const length = pending.readUInt32BE(1);
      if (length > maxMessageBytes) throw new EnvelopeError(`a message of ${length} bytes`);
      if (pending.length < headerBytes + length) break;
      const flags = pending.readUInt8(0);
      if ((flags & compressedFlag) !== 0) throw new EnvelopeError('a compressed message');
      yield { isEnd: (flags & endFlag) !== 0, payload: pending.subarray(headerBytes, headerBytes + length) };
      pending = pending.subarray(headerBytes + length);
    }
  }
  if (pending.length > 0) throw new EnvelopeError('a message that is cut off');
}
