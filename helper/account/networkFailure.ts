import { type Failure, failure } from '../failures.ts';
import { presentedCertificate } from '../platform/network/presentedCertificate.ts';
import { ProxyError } from '../platform/network/proxy/proxyError.ts';

/**
 * Says what an error of Node's networking means to a person. `host` is what the person knows the other side by.
 * An error without a known `code` counts as unreachable: whatever it was, no answer came.
 */
export function networkFailure(error: unknown, host: string): Failure {
  if (error instanceof ProxyError) return proxyFailure(error, host);
  const code = errorCode(error);
  if (isNameProblem(code)) {
    return failure('HOST_NOT_FOUND', { host }, error);
  }
  const trustProblem = trustProblems[code];
  if (trustProblem !== undefined) {
    return failure('TLS_UNTRUSTED', { host, problem: trustProblem, ...presentedCertificate(error) }, error);
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return failure('TLS_UNTRUSTED', { host, problem: 'it does not complete a TLS handshake' }, error);
  }
  return failure('HOST_UNREACHABLE', { host, problem: reachProblems[code] ?? 'the connection failed' }, error);
}

/** Says what is wrong with a certificate by the code that Node refuses it with. */
export function certificateFailure(
  code: string,
  host: string,
  shown: { readonly subject: string; readonly issuer: string },
): Failure {
  const { subject, issuer } = shown;
  return failure('TLS_UNTRUSTED', { host, problem: trustProblems[code] ?? `it is refused (${code})`, subject, issuer });
}

function proxyFailure(error: ProxyError, host: string): Failure {
  const { name: proxy } = error.proxy;
  const failed = (problem: string) => failure('PROXY_FAILED', { proxy, host, problem }, error);
  const { problem } = error;
  switch (problem.kind) {
    case 'login-required':
      return failure('PROXY_AUTH_REQUIRED', { proxy, problem: 'it was given none' }, error);
    case 'login-refused':
      return failure('PROXY_AUTH_REQUIRED', { proxy, problem: 'it does not accept those it was given' }, error);
    case 'login-unsupported':
      return failed(`it wants a login by ${problem.wanted}, and only Basic is known here`);
    case 'refused':
      return failed(`it answers with "${problem.answer}"`);
    case 'not-a-proxy':
      return failed('what it answers is not what such a proxy says');
    case 'silent':
      return failed('it accepts connections, then does not answer');
    case 'untrusted': {
      const certificate = trustProblems[errorCode(error.cause)];
      return failed(
        certificate === undefined ? 'no TLS with it' : `its TLS certificate is not trusted, ${certificate}`,
      );
    }
    case 'unreachable':
      return failed(
        isNameProblem(errorCode(error.cause)) ? 'its host name cannot be resolved' : reachProblem(error.cause),
      );
  }
}

function isNameProblem(code: string): boolean {
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA';
}

/** The words for codes of Node's sockets, for use in a sentence. */
export function reachProblem(error: unknown): string {
  return reachProblems[errorCode(error)] ?? 'the connection failed';
}

/** X.509 verification codes of OpenSSL as Node passes them on. */
const trustProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired; check the clock of this machine',
  CERT_NOT_YET_VALID: 'it is not valid yet; check the clock of this machine',
  CERT_REVOKED: 'it was revoked',
  CERT_SIGNATURE_FAILURE: 'its signature is not that of its issuer',
  CERT_UNTRUSTED: 'its issuer is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host name',
  INVALID_CA: 'one that it builds on is not that of a certificate authority',
  INVALID_PURPOSE: 'it is not one for servers',
  PATH_LENGTH_EXCEEDED: 'there are more certificates between it and its authority than that permits',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is not known to this machine',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is not known to this machine',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not known to this machine',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is not known to this machine',
};

const reachProblems: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'it does not answer',
  EPIPE: 'the connection was closed',
};

/** Node's `code`; for an attempt over several addresses, that of the first. */
function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  if (error instanceof Error && 'name' in error && error.name === 'DeadlineError') return 'ETIMEDOUT';
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}
