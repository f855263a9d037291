import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../../platform/secret.ts';

/** A fresh code verifier of 86 characters, 512 random bits (RFC 7636 §4.1). */
export function newCodeVerifier(): Secret {
  return new Secret(randomBytes(64).toString('base64url'));
}

/** The S256 challenge of a verifier: base64url of its SHA-256, without padding (RFC 7636 §4.2). */
export function codeChallenge(verifier: Secret): string {
  return createHash('sha256').update(verifier.reveal()).digest('base64url');
}

/** A fresh `state` that ties the redirect to this sign-in (RFC 6749 §10.12). */
export function newState(): string {
  return randomBytes(24).toString('base64url');
}
