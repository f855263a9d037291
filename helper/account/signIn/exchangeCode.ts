import { Failure, failure } from '../../failures.ts';
import type { HttpBytesResponse } from '../../platform/network/httpAnswer.ts';
import type { Network } from '../../platform/network/network.ts';
import type { Secret } from '../../platform/secret.ts';
import type { Installation } from '../installation.ts';
import { networkFailure } from '../networkFailure.ts';
import { oauthClient } from './oauthClient.ts';
import { tokenOfResponse } from './tokenOfResponse.ts';

/** What an authorization code is exchanged with. */
export interface CodeExchange {
  readonly code: Secret;
  readonly verifier: Secret;
  /** The same as at the authorize endpoint. */
  readonly redirectUri: string;
}

const maxBodyBytes = 64 * 1024;

/**
 * Exchanges an authorization code for the API token (RFC 6749 §4.1.3, gitpod-wire §1.5). A redirect is not followed: it
 * would carry code and verifier to somebody else.
 *
 * @throws Failure SIGN_IN_FAILED, HOST_…, TLS_UNTRUSTED, or the signal's reason.
 */
export async function exchangeCode(
  { host, origin }: Installation,
  exchange: CodeExchange,
  network: Network,
  signal: AbortSignal,
): Promise<Secret> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: oauthClient.id,
    client_secret: oauthClient.secret,
    code: exchange.code.reveal(),
    redirect_uri: exchange.redirectUri,
    code_verifier: exchange.verifier.reveal(),
  });
  let response: HttpBytesResponse;
  try {
    response = await network.post(new URL(`${origin}/api/oauth/token`), {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: Buffer.from(String(form)),
      signal,
      maxBodyBytes,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Failure ? error : networkFailure(error, host);
  }
  const token = response.status === 200 ? tokenOfResponse(response.body.toString('utf8')) : undefined;
  if (token === undefined) throw failure('SIGN_IN_FAILED', { host, problem: problemOf(response.status) });
  return token;
}

function problemOf(status: number): string {
  if (status === 200) return 'its answer has no token';
  if (status === 400 || status === 401) return 'it does not take the code, which may have expired or been used already';
  if (status >= 300 && status < 400) return 'it answers with a redirect, which is not followed';
  return `it answers with HTTP ${status}`;
}
