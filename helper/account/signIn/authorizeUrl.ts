import type { Installation } from '../installation.ts';
import { oauthClient } from './oauthClient.ts';

/** What the sign-in page is asked for. */
export interface Authorization {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  /** S256. */
  readonly challenge: string;
}

/** The page where a person signs in and approves (RFC 6749 §4.1.1, gitpod-wire §1.3). */
export function authorizeUrl({ origin }: Installation, authorization: Authorization): string {
  const query = new URLSearchParams({
    client_id: oauthClient.id,
    response_type: 'code',
    redirect_uri: authorization.redirectUri,
    scope: authorization.scopes.join(' '),
    state: authorization.state,
    code_challenge: authorization.challenge,
    code_challenge_method: 'S256',
  });
  return `${origin}/api/oauth/authorize?${query}`;
}
