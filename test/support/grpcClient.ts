import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Duplex } from 'node:stream';
import { Failure } from '../../helper/gen/gitpod/helper/v1/failure.ts';
import { Status } from '../../helper/gen/google/rpc/status.ts';

/** What of a generated method definition a client needs. */
export interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** A call ended with a status other than OK. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: number;
  /** The Failure in `grpc-status-details-bin`, when there is one. */
  readonly failure: Failure | undefined;

  constructor(code: number, message: string, failure: Failure | undefined) {
    super(message);
    this.code = code;
    this.failure = failure;
  }
}

/**
 * A gRPC client over any stream, written on node:http2 alone: it shares no code with the server it tests
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 */
export class GrpcClient implements Disposable {
  readonly #session: ClientHttp2Session;
  readonly #metadata: Readonly<Record<string, string>>;

  /** @param metadata is sent with every call. */
  constructor(stream: Duplex, metadata: Readonly<Record<string, string>> = {}) {
    this.#metadata = metadata;
    this.#session = connect('http://helper', { createConnection: () => stream });
    this.#session.on('error', () => undefined); // each call under way gets it as well
  }

  /** Calls a method without streams. @throws GrpcError */
  async unary<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response> {
    const call = this.stream(method, request);
    for await (const response of call) return response;
    throw new Error(`${method.path} ended without an answer`);
  }

  /** Calls a method that answers with a stream; `return()` or `cancel()` cancels it. @throws GrpcError */
  stream<Request, Response>(method: Method<Request, Response>, request: Request): StreamingCall<Response> {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': method.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...this.#metadata,
    });
    stream.end(frame(method.requestSerialize(request)));
    return new StreamingCall(stream, method.responseDeserialize);
  }

  [Symbol.dispose](): void {
    if (!this.#session.destroyed) this.#session.destroy();
  }
}

/** The answers of a call, in order. */
export class StreamingCall<Response> implements AsyncIterable<Response> {
  readonly #stream: ClientHttp2Stream;
  readonly #deserialize: (bytes: Buffer) => Response;
  readonly #status: Promise<void>;

  constructor(stream: ClientHttp2Stream, deserialize: (bytes: Buffer) => Response) {
    this.#stream = stream;
    this.#deserialize = deserialize;
    this.#status = statusOf(stream);
    this.#status.catch(() => undefined); // thrown at the end of the iteration
  }

  cancel(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Response> {
    try {
      let buffered = Buffer.alloc(0);
      for await (const chunk of this.#stream) {
        buffered = Buffer.concat([buffered, chunk]);
        while (buffered.length >= 5 && buffered.length >= 5 + buffered.readUInt32BE(1)) {
          const end = 5 + buffered.readUInt32BE(1);
          yield this.#deserialize(buffered.subarray(5, end));
          buffered = buffered.subarray(end);
        }
      }
    } finally {
      if (!this.#stream.closed) this.cancel();
    }
    await this.#status;
  }
}

/** Length-prefixed message, not compressed. */
function frame(message: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

function statusOf(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (headers: Record<string, unknown>) => {
      const { 'grpc-status': code, 'grpc-message': message, 'grpc-status-details-bin': details } = headers;
      if (code === undefined) return;
      if (code === '0') resolve();
      else reject(new GrpcError(Number(code), decodeURIComponent(String(message ?? '')), readFailure(details)));
    };
    stream.once('response', settle); // a call that fails at once has its status in the headers
    stream.once('trailers', settle);
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the call ended without a status')));
  });
}

function readFailure(details: unknown): Failure | undefined {
  if (typeof details !== 'string') return undefined;
  const [detail] = Status.decode(Buffer.from(details, 'base64')).details;
  return detail === undefined ? undefined : Failure.decode(detail.value);
}
