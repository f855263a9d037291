import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeChallenge, newCodeVerifier, newState } from '../../../helper/account/signIn/pkce.ts';
import { readRedirect } from '../../../helper/account/signIn/redirect.ts';
import { redirectPage } from '../../../helper/account/signIn/redirectPage.ts';
import { tokenOfResponse } from '../../../helper/account/signIn/tokenOfResponse.ts';
import { failure } from '../../../helper/failures.ts';
import { Secret } from '../../../helper/platform/secret.ts';

describe('PKCE', () => {
  test('the challenge is that of the example of RFC 7636, appendix B', () => {
    const verifier = new Secret('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
    expect(codeChallenge(verifier)).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  test('verifier and state are fresh each time, and of the form that is asked for', () => {
    const verifiers = new Set(Array.from({ length: 100 }, () => newCodeVerifier().reveal()));
    expect(verifiers.size).toBe(100);
    for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9\-._~]{43,128}$/);
    expect(new Set(Array.from({ length: 100 }, newState)).size).toBe(100);
  });
});

describe('the token in an answer', () => {
  const jwt = (claims: unknown, encoding: 'base64' | 'base64url' = 'base64url') =>
    ['{"alg":"HS256"}', JSON.stringify(claims), 'signature']
      .map((part) => Buffer.from(part).toString(encoding))
      .join('.');

  test.each(['base64', 'base64url'] as const)('is the jti claim, in %s', (encoding) => {
    const token = createHash('sha256').update('x').digest('hex').slice(0, 60);
    const claims = { jti: token, exp: 0, name: '???>>>ÿÿÿ' }; // characters that differ in the two encodings
    expect(tokenOfResponse(JSON.stringify({ access_token: jwt(claims, encoding) }))?.reveal()).toBe(token);
  });

  test.each([
    ['', 'nothing'],
    ['null', 'null'],
    ['{}', 'no access token'],
    ['{"access_token":7}', 'a number'],
    ['{"access_token":"a.b.c"}', 'no JWT'],
    [JSON.stringify({ access_token: jwt(null) }), 'no claims'],
    [JSON.stringify({ access_token: jwt({}) }), 'no jti'],
    [JSON.stringify({ access_token: jwt({ jti: 'two\nlines' }) }), 'a line break'],
    [JSON.stringify({ access_token: jwt({ jti: 'x'.repeat(5000) }) }), 'a very long one'],
  ])('is missing from %j (%s)', (body) => {
    expect(tokenOfResponse(body)).toBeUndefined();
  });

  test('is read from anything without an error', () => {
    fc.assert(fc.property(fc.string(), (body) => tokenOfResponse(body) === undefined));
    fc.assert(
      fc.property(fc.jsonValue(), (claims) => void tokenOfResponse(JSON.stringify({ access_token: jwt(claims) }))),
    );
  });
});

describe('a redirect', () => {
  test('counts with the right state only, unless it declines', () => {
    const kindOf = (query: string) => readRedirect(new URLSearchParams(query), 'right').kind;
    expect(kindOf('code=c&state=right')).toBe('code');
    expect(kindOf('code=c&state=right#-')).toBe('foreign'); // a fragment never reaches a server
    expect(kindOf('code=&state=right')).toBe('foreign');
    expect(kindOf('state=right')).toBe('foreign');
    expect(kindOf('code=c')).toBe('foreign');
    expect(kindOf('approved=no')).toBe('declined');
    expect(kindOf('error=access_denied&state=right')).toBe('error');
    expect(kindOf('error=access_denied')).toBe('foreign');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (entries) => {
        const redirect = readRedirect(new URLSearchParams(entries), newState());
        expect(['foreign', 'declined']).toContain(redirect.kind);
      }),
    );
  });

  test('shows no markup of somebody else', () => {
    const shown = failure('SIGN_IN_FAILED', { host: '<b>&"\'', problem: '<script>' });
    const { html } = redirectPage({ kind: 'failed', failure: shown });
    expect(html).not.toMatch(/<b>|<script>/);
    expect(html).toContain('&#60;b&#62;&#38;&#34;&#39;');
  });
});
