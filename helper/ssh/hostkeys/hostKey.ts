import { decodeBase64, fingerprintSha256, publicKeyFromBlob } from '../identities/publicKey.ts';

/** A public key that identifies a server. */
export interface HostKey {
  readonly type: string;
  readonly blob: Buffer;
}

/** Whether a server's key is a trusted one; if not, fingerprints to show. */
export type HostKeyVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly offeredFingerprint: string; readonly trustedFingerprints: readonly string[] };

/**
 * Parses a host key given as type and base64, as in a known_hosts line (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
 *
 * @throws SshKeyFormatError when it is not base64 of a key blob of that type.
 */
export function parseHostKey(type: string, base64: string): HostKey {
  const blob = decodeBase64(base64);
  return { type: publicKeyFromBlob(blob, type).type, blob };
}

/** Tells whether the server's key is one of those trusted. Nothing trusted means nothing is accepted. */
export function verifyHostKey(offered: Buffer, trusted: readonly HostKey[]): HostKeyVerdict {
  if (trusted.some(({ blob }) => blob.equals(offered))) return { ok: true };
  return {
    ok: false,
    offeredFingerprint: fingerprintSha256(offered),
    trustedFingerprints: trusted.map(({ blob }) => fingerprintSha256(blob)),
  };
}
