import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/**
 * The certificates that are trusted: the runtime's own list, the system's store, and `additionalPem`.
 * Costs tens of milliseconds, so make one and share it.
 */
export function trustedContext(additionalPem: readonly string[]): SecureContext {
  const authorities = new Set([
    ...getCACertificates('default'),
    ...getCACertificates('system'),
    ...additionalPem.flatMap(splitPem),
  ]);
  return createSecureContext({ ca: [...authorities] });
}

/** The certificates of a PEM text, one string each. */
export function splitPem(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}
