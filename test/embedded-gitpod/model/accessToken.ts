import { createHash, createHmac, randomBytes } from 'node:crypto';
import { randomHex } from './ids.ts';

/** What the server keeps of a Bearer token: its hash and its scopes, never the token (gitpod-wire §1.7). */
export interface StoredToken {
  readonly kind: 'personal-access-token' | 'oauth';
  readonly sha256Hex: string;
  readonly scopes: readonly string[];
}

const personalAccessTokenPrefix = 'gitpod_pat_';

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Makes personal access tokens `gitpod_pat_<signature>.<value>` and says which presented ones carry its own signature. */
export class PersonalAccessTokenSigner {
  readonly #key = randomBytes(32);

  /** A fresh token, and what to store of it: the hash of its value alone. */
  issue(scopes: readonly string[]): { readonly token: string; readonly stored: StoredToken } {
    const value = randomBytes(30).toString('base64url');
    return {
      token: `${personalAccessTokenPrefix}${this.#signature(value)}.${value}`,
      stored: { kind: 'personal-access-token', sha256Hex: sha256Hex(value), scopes },
    };
  }

  /** The value inside a presented token; undefined if the shape or the signature is wrong. */
  open(token: string): string | undefined {
    const [signature, value, ...rest] = token.slice(personalAccessTokenPrefix.length).split('.');
    if (value === undefined || rest.length > 0 || signature !== this.#signature(value)) return undefined;
    return value;
  }

  #signature(value: string): string {
    return createHmac('sha256', this.#key).update(value).digest('base64url');
  }
}

export function isPersonalAccessToken(token: string): boolean {
  return token.startsWith(personalAccessTokenPrefix);
}

/** A token as the OAuth flow gives out: 60 hex characters (gitpod-wire §1.5). */
export function issueOAuthToken(scopes: readonly string[]): { readonly token: string; readonly stored: StoredToken } {
  const token = randomHex(30);
  return { token, stored: { kind: 'oauth', sha256Hex: sha256Hex(token), scopes } };
}

/**
 * Whether the scopes let a method be called: everything if `function:*` is the only function scope, else what is listed
 * (gitpod-wire §1.7).
 */
export function allowsFunction(scopes: readonly string[], method: string): boolean {
  const functions = scopes.filter((scope) => scope.startsWith('function:'));
  if (functions.length === 1 && functions[0] === 'function:*') return true;
  return functions.includes(`function:${method}`);
}
