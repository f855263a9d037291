import { randomUUID } from 'node:crypto';
import type { handleServerStreamingCall, handleUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { Failure, failure } from '../failures.ts';
import { log, withLogContext } from '../log.ts';
import { DeadlineError } from '../platform/deadline.ts';
import { failureStatus } from './failureStatus.ts';
import { requireReadable } from './requestGuard.ts';

/** A call without streams. The signal aborts when the client cancels, or its deadline passes. */
export type Unary<Request, Response> = (request: Request, signal: AbortSignal) => Promise<Response>;

/** Sends one message. Resolves when the next one is welcome; only senders of much need to wait for that. */
export type Send<Response> = (response: Response) => Promise<void>;

/** A call that answers with a stream, over when the promise is. */
export type ServerStream<Request, Response> = (
  request: Request,
  send: Send<Response>,
  signal: AbortSignal,
) => Promise<void>;

/** Makes a gRPC handler of a function that throws Failures. */
export function unary<Request, Response>(handler: Unary<Request, Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const abort = new AbortController();
    call.once('cancelled', () => abort.abort(failure('CANCELLED', {}))); // also comes after each normal end
    guarded(call.getPath(), call.request, (request) => handler(request, abort.signal)).then(
      (response) => callback(null, response),
      (told: Failure) => callback(failureStatus(told)),
    );
  };
}

/** Makes a gRPC handler of a function that throws Failures. */
export function serverStream<Request, Response>(
  handler: ServerStream<Request, Response>,
): handleServerStreamingCall<Request, Response> {
  return (call: ServerWritableStream<Request, Response>) => {
    const abort = new AbortController();
    call.once('cancelled', () => abort.abort(failure('CANCELLED', {})));
    const send = async (response: Response) => {
      if (call.cancelled || call.write(response)) return;
      await new Promise<void>((resolve) => call.once('drain', resolve).once('cancelled', resolve));
    };
    guarded(call.getPath(), call.request, (request) => handler(request, send, abort.signal)).then(
      () => call.end(),
      (told: Failure) => call.emit('error', failureStatus(told)),
    );
  };
}

/** Everything that a call does is in the log under one id. */
function guarded<Request, Result>(
  method: string,
  request: Request,
  handler: (request: Request) => Promise<Result>,
): Promise<Result> {
  return withLogContext({ call: randomUUID() }, async () => {
    log.debug('rpc.call', { method });
    requireReadable(request);
    try {
      return await handler(request);
    } catch (error) {
      throw toFailure(error);
    }
  });
}

/** What an error means to the client; one that nobody has foreseen is a fault of our own, and goes to the log. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) {
    log.info('rpc.failed', { code: error.code, cause: error.cause });
    return error;
  }
  if (error instanceof DeadlineError) {
    return failure('DEADLINE_EXCEEDED', { what: 'the call', timeoutMs: String(error.timeoutMs) }, error);
  }
  const id = randomUUID();
  log.error('rpc.internal', { id, error });
  return failure('INTERNAL', { id }, error);
}
