import { Failure, failure } from '../../failures.ts';
import { Deadline, DeadlineError, raceSignal } from '../../platform/deadline.ts';
import type { Network } from '../../platform/network/network.ts';
import type { Secret } from '../../platform/secret.ts';
import type { Installation } from '../installation.ts';
import { authorizeUrl } from './authorizeUrl.ts';
import { exchangeCode } from './exchangeCode.ts';
import { grantableScopes } from './grantableScopes.ts';
import { LoopbackServer } from './loopbackServer.ts';
import { codeChallenge, newCodeVerifier, newState } from './pkce.ts';
import { readRedirect } from './redirect.ts';
import type { Outcome } from './redirectPage.ts';

/** How long a person has to sign in. */
export const signInTimeoutMs = 5 * 60_000;

const requestTimeoutMs = 20_000;

/** The page to open in a browser. */
export interface SignInPage {
  readonly url: string;
  readonly expiresAt: Date;
  /** Takes the address that a browser on another machine ended on. */
  readonly paste: (address: string) => Promise<Outcome>;
}

/**
 * Signs in by OAuth with PKCE: the page is opened by somebody else, and the browser comes back to a local port. Whatever the
 * end, the port is free then.
 *
 * @param onPage is told once, when the browser can come back.
 * @returns the API token.
 * @throws Failure SIGN_IN_DECLINED, SIGN_IN_FAILED, SIGN_IN_TIMED_OUT, SIGN_IN_PORTS_TAKEN, NOT_AN_INSTALLATION, HOST_…,
 *   TLS_UNTRUSTED, or the signal's reason.
 */
export async function signInThroughBrowser(
  installation: Installation,
  network: Network,
  onPage: (page: SignInPage) => void,
  signal: AbortSignal,
): Promise<Secret> {
  const { host } = installation;
  const scopes = await withinTime((inTime) => grantableScopes(installation, network, inTime), host, signal);
  const verifier = newCodeVerifier();
  const state = newState();
  const result = Promise.withResolvers<Secret>();
  result.promise.catch(() => undefined); // awaited below; may fail before
  using deadline = new Deadline('the sign-in', signInTimeoutMs, signal);
  let exchange: Promise<Secret> | undefined; // a page that is loaded again brings the same code once more

  const takeRedirect = async (query: URLSearchParams): Promise<Outcome> => {
    const redirect = readRedirect(query, state);
    switch (redirect.kind) {
      case 'foreign':
        return { kind: 'foreign' };
      case 'declined':
        return fail(failure('SIGN_IN_DECLINED', { host }));
      case 'error':
        return fail(failure('SIGN_IN_FAILED', { host, problem: `it says "${redirect.error}"` }));
      case 'code': {
        const { code } = redirect;
        const { redirectUri } = server;
        exchange ??= withinTime(
          (inTime) => exchangeCode(installation, { code, verifier, redirectUri }, network, inTime),
          host,
          deadline.signal,
        );
        try {
          result.resolve(await exchange);
          return { kind: 'signed-in', host };
        } catch (error) {
          return fail(error);
        }
      }
    }
  };
  const fail = (error: unknown): Outcome => {
    result.reject(error);
    return error instanceof Failure ? { kind: 'failed', failure: error } : { kind: 'foreign' };
  };

  await using server = await LoopbackServer.listen(host, takeRedirect);
  const authorization = { redirectUri: server.redirectUri, scopes, state, challenge: codeChallenge(verifier) };
  onPage({
    url: authorizeUrl(installation, authorization),
    expiresAt: new Date(Date.now() + signInTimeoutMs),
    paste: (address) => takeRedirect(URL.parse(address.trim())?.searchParams ?? new URLSearchParams()),
  });
  try {
    return await raceSignal(result.promise, deadline.signal);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw failure('SIGN_IN_TIMED_OUT', { host, timeoutMs: String(signInTimeoutMs) }, error);
  }
}

/** One request of the sign-in, which takes as long as it may. */
async function withinTime<T>(
  request: (signal: AbortSignal) => Promise<T>,
  host: string,
  signal: AbortSignal,
): Promise<T> {
  using deadline = new Deadline('the sign-in', requestTimeoutMs, signal);
  try {
    return await raceSignal(request(deadline.signal), deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DeadlineError)) throw error;
    throw failure('HOST_UNREACHABLE', { host, problem: 'it does not answer' }, error);
  }
}
