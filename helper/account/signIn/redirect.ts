import { Secret } from '../../platform/secret.ts';

/** What the browser brings back from the installation. */
export type Redirect =
  | { readonly kind: 'code'; readonly code: Secret }
  | { readonly kind: 'declined' }
  | { readonly kind: 'error'; readonly error: string }
  /** Nothing of the sign-in that is under way: another one's, or made up by some web page. */
  | { readonly kind: 'foreign' };

const longestCode = 8192;

/**
 * Reads the redirect's query (RFC 6749 §4.1.2). A code counts only with the `state` of this sign-in; a declined approval
 * comes with neither code nor state (gitpod-wire §1.3).
 */
export function readRedirect(query: URLSearchParams, state: string): Redirect {
  if (query.get('approved') === 'no') return { kind: 'declined' };
  if (query.get('state') !== state) return { kind: 'foreign' };
  const error = query.get('error');
  if (error !== null) return { kind: 'error', error: error.replaceAll(/[^\w .-]/g, '').slice(0, 60) };
  const code = query.get('code') ?? '';
  return code === '' || code.length > longestCode ? { kind: 'foreign' } : { kind: 'code', code: new Secret(code) };
}
