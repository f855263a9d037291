import { createHash, timingSafeEqual } from 'node:crypto';
import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';

/** Lets only calls through that carry `authorization: Bearer TOKEN`, health and reflection included. */
export function requireToken(token: string): ServerInterceptor {
  const expected = digest(`Bearer ${token}`);
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const [given] = metadata.get('authorization');
            // Digests have the same length, so that the time taken tells nothing.
            if (typeof given === 'string' && timingSafeEqual(digest(given), expected)) pass(metadata);
            else
              call.sendStatus({
                code: status.UNAUTHENTICATED,
                details: 'the token is missing or wrong',
                metadata: new Metadata(),
              });
          },
        }),
    });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
