import type { Duplex } from 'node:stream';
import { raceSignal } from '../platform/deadline.ts';

/** The other side closed, or said something, before an SSH identification string (RFC 4253 §4.2). */
export class NoIdentificationError extends Error {
  override readonly name = 'NoIdentificationError';
}

/** Lines before the identification string are allowed, but nobody sends more than a few. */
const maxBytesBefore = 8 * 1024;

/**
 * Waits until the server has sent its identification string, which stays to be read. A firewall may accept a connection
 * and stall, and a proxy may answer with something else: neither is an SSH server.
 *
 * @returns the identification string, without its line end.
 * @throws NoIdentificationError, the stream's error, or the signal's reason; the stream is destroyed then.
 */
export async function identificationString(stream: Duplex, signal: AbortSignal): Promise<string> {
  let seen = Buffer.alloc(0);
  try {
    for (;;) {
      const [identification] = /^SSH-\d[^\r\n]*(?=\r?\n)/m.exec(seen.toString('latin1')) ?? [];
      if (identification !== undefined) {
        stream.unshift(seen);
        return identification;
      }
      if (seen.length > maxBytesBefore) throw new NoIdentificationError('what came first is not SSH');
      seen = Buffer.concat([seen, await raceSignal(nextChunk(stream), signal)]);
    }
  } catch (error) {
    stream.on('error', () => undefined); // the failure is told already
    stream.destroy();
    throw error;
  }
}

function nextChunk(stream: Duplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void) => {
      stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', onError);
      outcome();
    };
    const onReadable = () => {
      const chunk: unknown = stream.read();
      if (Buffer.isBuffer(chunk)) settle(() => resolve(chunk));
    };
    const onEnd = () => settle(() => reject(new NoIdentificationError('closed before an identification string')));
    const onError = (error: Error) => settle(() => reject(error));
    stream.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', onError);
    onReadable();
  });
}
