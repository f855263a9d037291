import type { ProxyServer } from './proxy.ts';

export type ProxyProblem =
  /** It wants user name and password, and was given none. */
  | { readonly kind: 'login-required' }
  /** It does not accept those it was given. */
  | { readonly kind: 'login-refused' }
  /** It wants a kind of login that is not known here, such as NTLM. */
  | { readonly kind: 'login-unsupported'; readonly wanted: string }
  /** It answers that it will not go there, or cannot; `answer` is what it said, in a few words. */
  | { readonly kind: 'refused'; readonly answer: string }
  /** It cannot be reached itself; the cause is Node's own error. */
  | { readonly kind: 'unreachable' }
  /** Its own TLS certificate is not trusted; the cause is Node's own error. */
  | { readonly kind: 'untrusted' }
  /** What it says is not what a proxy of its kind says. */
  | { readonly kind: 'not-a-proxy' }
  /** It accepts connections, then does not answer in time. */
  | { readonly kind: 'silent' };

/** Why a proxy opens no tunnel. */
export interface Refusal {
  readonly problem: ProxyProblem;
  readonly cause?: unknown;
}

/** The proxy did not lead to a host. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly proxy: ProxyServer;
  readonly problem: ProxyProblem;

  constructor(proxy: ProxyServer, { problem, cause }: Refusal) {
    super(`${proxy.name}: ${problem.kind}`, cause === undefined ? undefined : { cause });
    this.proxy = proxy;
    this.problem = problem;
  }
}
