import { createHash } from 'node:crypto';
import type { AuthorizationCode } from './authorizationCodes.ts';
import { findClient } from './authorizeRequest.ts';
import type { OAuthClient } from './clients.ts';
import { OAuthError } from './oauthError.ts';

/** The fields of a token request, from a form or from JSON (gitpod-wire §1.1). @throws OAuthError */
export function readTokenRequest(contentType: string, body: string): URLSearchParams {
  if (!contentType.startsWith('application/json')) return new URLSearchParams(body);
  try {
    const content: unknown = JSON.parse(body);
    if (typeof content !== 'object' || content === null) throw new SyntaxError('not an object');
    return new URLSearchParams(Object.entries(content).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw error instanceof SyntaxError ? new OAuthError(400, 'The body is malformed') : error;
  }
}

/**
 * The client that makes a token request, its secret in the body or in HTTP Basic. One without a secret must not send any
 * (gitpod-wire §1.5).
 *
 * @throws OAuthError
 */
export function authenticateClient(fields: URLSearchParams, authorization: string | undefined): OAuthClient {
  const basic = readBasic(authorization);
  const client = findClient(basic?.id ?? fields.get('client_id') ?? '');
  const secret = basic?.secret ?? fields.get('client_secret') ?? undefined;
  if (client === undefined || client.secret !== secret) throw new OAuthError(401, 'Client authentication failed');
  if (fields.get('grant_type') !== 'authorization_code') throw new OAuthError(400, 'The grant type is not supported');
  return client;
}

/** Checks what a code is exchanged with. @throws OAuthError */
export function requireMatch(code: AuthorizationCode, client: OAuthClient, fields: URLSearchParams): void {
  if (code.client !== client) throw new OAuthError(400, 'The code is for another client');
  if (Date.now() >= code.expiresAt) throw new OAuthError(400, 'The code has expired or been revoked');
  const redirectUri = (fields.get('redirect_uri') ?? client.redirectUris[0] ?? '').split('?')[0];
  if (redirectUri !== code.redirectUri) throw new OAuthError(400, 'Invalid redirect_uri');
  const verifier = fields.get('code_verifier') ?? '';
  if (!/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) throw new OAuthError(400, 'Code verifier is malformed');
  if (challengeOf(verifier, code.challengeMethod) !== code.challenge) {
    throw new OAuthError(400, 'Failed to verify code challenge');
  }
  const foreign = code.scopes.find((scope) => !client.scopes.includes(scope));
  if (foreign !== undefined) throw new OAuthError(400, `The client may not have the scope ${foreign}`);
}

function challengeOf(verifier: string, method: AuthorizationCode['challengeMethod']): string {
  return method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are put together. */
function readBasic(authorization: string | undefined): { readonly id: string; readonly secret: string } | undefined {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  return { id, secret };
}
