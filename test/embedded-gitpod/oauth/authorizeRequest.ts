import { isKnownScope, type OAuthClient, oauthClients } from './clients.ts';
import { OAuthError } from './oauthError.ts';

/** The parameters of an authorize request that passed the checks. */
export interface AuthorizeRequest {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly challenge: string;
  readonly challengeMethod: 'S256' | 'plain';
}

/** Checks an authorize request as the OAuth library does (gitpod-wire §1.4). @throws OAuthError */
export function parseAuthorizeRequest(query: URLSearchParams): AuthorizeRequest {
  const client = findClient(query.get('client_id') ?? '');
  if (client === undefined) throw new OAuthError(401, 'Client authentication failed');
  if (query.get('response_type') !== 'code') throw new OAuthError(400, 'The response type is not supported');
  return {
    client,
    redirectUri: redirectUriOf(query, client),
    scopes: parseScopes(query.get('scope') ?? ''),
    state: query.get('state') ?? undefined,
    ...parseChallenge(query),
  };
}

export function findClient(id: string): OAuthClient | undefined {
  return oauthClients.find((client) => client.id === id);
}

/** The redirect URI without its query, one of the client's list. @throws OAuthError */
export function redirectUriOf(query: URLSearchParams, client: OAuthClient): string {
  const given = query.get('redirect_uri');
  if (given === null) return client.redirectUris[0] ?? '';
  if (given.includes('#')) throw new OAuthError(400, 'Redirection endpoint must not contain url fragment');
  const redirectUri = given.split('?')[0] ?? '';
  if (!client.redirectUris.includes(redirectUri)) throw new OAuthError(400, 'Invalid redirect_uri');
  return redirectUri;
}

function parseScopes(text: string): readonly string[] {
  const scopes = text.split(' ').filter((scope) => scope !== '');
  const unknown = scopes.find((scope) => !isKnownScope(scope));
  if (unknown !== undefined) throw new OAuthError(400, `invalid_scope: ${unknown}`);
  return scopes;
}

function parseChallenge(query: URLSearchParams): Pick<AuthorizeRequest, 'challenge' | 'challengeMethod'> {
  const challenge = query.get('code_challenge');
  const challengeMethod = query.get('code_challenge_method') ?? 'plain';
  if (challenge === null) throw new OAuthError(400, 'The authorization server requires PKCE');
  if (challengeMethod !== 'S256' && challengeMethod !== 'plain') {
    throw new OAuthError(400, 'Code challenge method must be S256 or plain');
  }
  if (!/^[A-Za-z0-9\-._~]{43,128}$/.test(challenge)) throw new OAuthError(400, 'Code challenge is malformed');
  return { challenge, challengeMethod };
}
