import { type Failure, failure } from '../../failures.ts';
import type { JsonRpcError } from './jsonRpcSocket.ts';

/** Why a workspace was not started, stopped or deleted (error codes: gitpod-wire §2.3, §2.4); undefined for any other reason. */
export function startFailure(
  error: JsonRpcError,
  where: { readonly host: string; readonly workspaceId: string },
): Failure | undefined {
  switch (error.code) {
    case 404:
      return failure('WORKSPACE_NOT_FOUND', where, error);
    case 490:
      return failure('TOO_MANY_RUNNING_WORKSPACES', where, error);
    default:
      return accountFailure(error, where.host);
  }
}

/** Why a workspace was not made; undefined for any reason that has nothing to do with that. */
export function creationFailure(error: JsonRpcError, host: string, contextUrl: string): Failure | undefined {
  switch (error.code) {
    case 404:
    case 430:
    case 460:
    case 461:
      return failure('CONTEXT_URL_INVALID', { host, contextUrl, problem: contextProblem(error) }, error);
    case 490:
      return failure('TOO_MANY_RUNNING_WORKSPACES', { host, workspaceId: contextUrl }, error);
    default:
      return accountFailure(error, host);
  }
}

/** What keeps an account from starting anything. */
function accountFailure(error: JsonRpcError, host: string): Failure | undefined {
  switch (error.code) {
    case 403:
      return /has sunset/.test(error.message)
        ? failure('INSTALLATION_CLOSED', { host, problem: 'its offer for your account has ended' }, error)
        : undefined;
    case 411:
      return failure('VERIFICATION_REQUIRED', { host }, error);
    case 412:
      return failure('INSTALLATION_CLOSED', { host, problem: 'it is under maintenance' }, error);
    case 451:
      return failure('SPENDING_LIMIT_REACHED', { host }, error);
    default:
      return undefined;
  }
}

function contextProblem({ code }: JsonRpcError): string {
  switch (code) {
    case 404:
      return 'the repository is not there, or the installation may not see it';
    case 430:
      return 'the installation does not take this repository';
    case 461:
      return 'its .gitpod.yml has an error';
    default:
      return 'the installation does not understand it';
  }
}
