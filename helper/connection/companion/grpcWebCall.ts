import type { Network } from '../../platform/network/network.ts';

/** A gRPC-Web call had no message for an answer. */
export class GrpcWebError extends Error {
  override readonly name = 'GrpcWebError';
  /** In a few words, for a sentence. */
  readonly problem: string;
  /** Whether what is in front of the service did not take the credential. */
  readonly isUnauthorized: boolean;

  constructor(problem: string, isUnauthorized = false) {
    super(`the gRPC-Web call failed: ${problem}`);
    this.problem = problem;
    this.isUnauthorized = isUnauthorized;
  }
}

const maxAnswerBytes = 256 * 1024;

/** Flags and length in front of each frame; the flag tells trailers from a message. */
const prefixBytes = 5;
const trailersFlag = 0x80;

/**
 * Makes one unary gRPC-Web call (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md).
 *
 * @returns the message of the answer.
 * @throws GrpcWebError, Node's own error when the host cannot be reached, or the signal's reason.
 */
export async function callGrpcWeb(
  url: URL,
  message: Uint8Array,
  headers: Readonly<Record<string, string>>,
  network: Network,
  signal: AbortSignal,
): Promise<Buffer> {
  const response = await network.post(url, {
    headers: { ...headers, 'content-type': 'application/grpc-web+proto', 'x-grpc-web': '1' },
    body: frame(message),
    signal,
    maxBodyBytes: maxAnswerBytes,
  });
  const { status: httpStatus } = response;
  if (httpStatus !== 200) throw new GrpcWebError(`HTTP ${httpStatus}`, httpStatus === 401 || httpStatus === 403);
  const frames = splitFrames(response.body);
  const trailers = frames.find(({ flags }) => flags === trailersFlag)?.content.toString('latin1') ?? '';
  const status = /^grpc-status: *(\d+)/im.exec(trailers)?.[1] ?? response.headers['grpc-status'];
  if (status !== '0') throw new GrpcWebError(`gRPC status ${status ?? 'missing'}`);
  const answer = frames.find(({ flags }) => flags === 0);
  if (answer === undefined) throw new GrpcWebError('no message');
  return answer.content;
}

function frame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function splitFrames(body: Buffer): readonly { readonly flags: number; readonly content: Buffer }[] {
  const frames = [];
  for (let position = 0; position < body.length; ) {
    const start = position + prefixBytes;
    const end = start <= body.length ? start + body.readUInt32BE(position + 1) : Number.POSITIVE_INFINITY;
    if (end > body.length) throw new GrpcWebError('an answer that is cut short');
    frames.push({ flags: body.readUInt8(position), content: body.subarray(start, end) });
    position = end;
  }
  return frames;
}
