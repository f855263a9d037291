import type { ServiceDefinition } from '@grpc/grpc-js';
import { type Failure, failure } from '../failures.ts';

/** A message may be this large: far more than any list page, far less than what hurts. */
export const messageLimitBytes = 16 * 1024 * 1024;

/** Stands in for a request that was refused before it was read. */
class RefusedRequest {
  readonly failure: Failure;

  constructor(reason: Failure) {
    this.failure = reason;
  }
}

/**
 * Makes a service answer oversized and malformed requests with a Failure. gRPC itself would refuse them without details;
 * its own limit is set higher and only guards memory.
 */
export function guardRequests(definition: ServiceDefinition): ServiceDefinition {
  const guarded = Object.entries(definition).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer): unknown => {
      if (bytes.length > messageLimitBytes) {
        return new RefusedRequest(failure('MESSAGE_TOO_LARGE', { limitBytes: String(messageLimitBytes) }));
      }
      try {
        return method.requestDeserialize(bytes);
      } catch (error) {
        const problem = 'the message cannot be decoded';
        return new RefusedRequest(failure('INVALID_ARGUMENT', { argument: 'request', problem }, error));
      }
    };
    return [name, { ...method, requestDeserialize }] as const;
  });
  return Object.fromEntries(guarded);
}

/** @throws Failure MESSAGE_TOO_LARGE or INVALID_ARGUMENT for a request that {@link guardRequests} refused. */
export function requireReadable(request: unknown): void {
  if (request instanceof RefusedRequest) throw request.failure;
}
