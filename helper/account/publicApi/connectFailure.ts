import { Failure, failure } from '../../failures.ts';
import { UnexpectedShapeError } from '../json.ts';
import { networkFailure } from '../networkFailure.ts';
import { EnvelopeError } from './connectEnvelope.ts';
import { ConnectError } from './connectError.ts';

/** Says what an error of a call to the public API means to a person (gitpod-wire §3.2, §3.5). */
export function connectFailure(error: unknown, host: string, method: string): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof ConnectError) return answered(error, host, method);
  if (error instanceof UnexpectedShapeError || error instanceof SyntaxError || error instanceof EnvelopeError) {
    return failure('INSTALLATION_ERROR', { host, method, problem: 'its answer is malformed' }, error);
  }
  return networkFailure(error, host);
}

function answered(error: ConnectError, host: string, method: string): Failure {
  switch (error.code) {
    case 'unauthenticated':
      return failure('SIGN_IN_REQUIRED', { host, why: 'it does not accept the token' }, error);
    case 'permission_denied':
      return failure('PERMISSION_DENIED', { host, method }, error);
    case 'resource_exhausted': {
      const retryAfterSeconds = String(error.retryAfterSeconds ?? 60);
      return failure('RATE_LIMITED', { host, retryAfterSeconds }, error);
    }
    case 'unavailable':
      return failure('HOST_UNREACHABLE', { host, problem: 'its API is not available' }, error);
    default:
      return failure('INSTALLATION_ERROR', { host, method, problem: `it answers with ${error.code}` }, error);
  }
}

/** What `not_found` means for a call about one workspace. */
export function workspaceFailure(
  error: unknown,
  where: { readonly host: string; readonly workspaceId: string },
): Failure | undefined {
  return error instanceof ConnectError && error.code === 'not_found'
    ? failure('WORKSPACE_NOT_FOUND', where, error)
    : undefined;
}
