import { type Failure, failure } from '../failures.ts';

/**
 * Says what an error of Node's networking means to a person. `host` is what the person knows the other side by.
 * An error without a known `code` counts as unreachable: whatever it was, no answer came.
 */
export function networkFailure(error: unknown, host: string): Failure {
  const code = errorCode(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA') {
    return failure('HOST_NOT_FOUND', { host }, error);
  }
  const trustProblem = trustProblems[code];
  if (trustProblem !== undefined) return failure('TLS_UNTRUSTED', { host, problem: trustProblem }, error);
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return failure('TLS_UNTRUSTED', { host, problem: 'it does not complete a TLS handshake' }, error);
  }
  return failure('HOST_UNREACHABLE', { host, problem: reachProblems[code] ?? 'the connection failed' }, error);
}

/** The words for codes of Node's sockets, for use in a sentence. */
export function reachProblem(error: unknown): string {
  return reachProblems[errorCode(error)] ?? 'the connection failed';
}

/** X.509 verification codes of OpenSSL as Node passes them on. */
const trustProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet; check the clock of this machine',
  CERT_REVOKED: 'it was revoked',
  CERT_SIGNATURE_FAILURE: 'its signature is not that of its issuer',
  CERT_UNTRUSTED: 'its issuer is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host name',
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
