import { Failure, failure } from '../../failures.ts';
import { UpgradeRefusedError } from '../../platform/network/openWebSocket.ts';
import { UnexpectedShapeError } from '../json.ts';
import { networkFailure } from '../networkFailure.ts';
import { JsonRpcError, SocketClosedError } from './jsonRpcSocket.ts';

/** Says what an error of a JSON-RPC call means to a person (error codes: gitpod-wire §2.3). */
export function callFailure(error: unknown, host: string, method: string): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof UpgradeRefusedError) return upgradeFailure(error, host);
  if (error instanceof JsonRpcError) return rpcFailure(error, host, method);
  if (error instanceof UnexpectedShapeError) {
    return failure('INSTALLATION_ERROR', { host, method, problem: 'its answer is malformed' }, error);
  }
  if (error instanceof SocketClosedError) {
    return failure('HOST_UNREACHABLE', { host, problem: 'it closed the connection' }, error);
  }
  return networkFailure(error, host);
}

function upgradeFailure(error: UpgradeRefusedError, host: string): Failure {
  switch (error.status) {
    case 401:
      return failure('SIGN_IN_REQUIRED', { host, why: 'it does not accept the token' }, error);
    case 403:
      return failure('PERMISSION_DENIED', { host, method: 'connecting to its API' }, error);
    default:
      return error.status >= 500
        ? failure('HOST_UNREACHABLE', { host, problem: `it answers with HTTP ${error.status}` }, error)
        : failure('NOT_AN_INSTALLATION', { host, problem: `its API answers with HTTP ${error.status}` }, error);
  }
}

function rpcFailure(error: JsonRpcError, host: string, method: string): Failure {
  switch (error.code) {
    case 401:
      return failure('SIGN_IN_REQUIRED', { host, why: 'it does not accept the token' }, error);
    case 403:
      return /^Request \S+ is not allowed$/.test(error.message)
        ? failure('SCOPE_MISSING', { host, method }, error)
        : failure('PERMISSION_DENIED', { host, method }, error);
    case 429:
      return failure('RATE_LIMITED', { host, retryAfterSeconds: retryAfterSeconds(error.data) }, error);
    case 470:
      return failure('USER_BLOCKED', { host }, error);
    default:
      return failure('INSTALLATION_ERROR', { host, method, problem: `it answers with error ${error.code}` }, error);
  }
}

function retryAfterSeconds(data: unknown): string {
  const { retryAfter }: { retryAfter?: unknown } = typeof data === 'object' && data !== null ? data : {};
  return String(typeof retryAfter === 'number' ? Math.ceil(retryAfter) : 60);
}
