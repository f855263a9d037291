import { createHash } from 'node:crypto';
import { SshKeyFormatError } from '../errors.ts';
import { parseKeyBlob, tryParseKeyBlob } from './keyBlob.ts';

/** A public key or certificate. */
export interface PublicKey {
  /** As in the blob, for instance `ssh-ed25519` or `ssh-rsa-cert-v01@openssh.com`. */
  readonly type: string;
  /** The key as it travels in the protocol (RFC 4253 §6.6). Two keys are the same when their blobs are. */
  readonly blob: Buffer;
  /** Empty when there is none. */
  readonly comment: string;
}

/**
 * Parses a line of an `authorized_keys` or `.pub` file: options (ignored), type, base64, comment (sshd(8),
 * AUTHORIZED_KEYS FILE FORMAT). Base64 may come without its padding.
 *
 * @throws SshKeyFormatError when there is no key in it, or when the blob is not of the type before it.
 */
export function parsePublicKeyLine(line: string): PublicKey {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) throw new SshKeyFormatError('there is no public key in this line');
  const withoutOptions = startsWithKey(text) ? text : text.slice(optionsLength(text)).trimStart();
  const [, type, base64, comment] = KEY_PATTERN.exec(withoutOptions) ?? [];
  if (type === undefined || base64 === undefined) throw new SshKeyFormatError('this is not a public key line');
  return { ...publicKeyFromBlob(decodeBase64(base64), type), comment: comment ?? '' };
}

/**
 * Makes a public key of a blob.
 *
 * @throws SshKeyFormatError when the blob is malformed, or not of the expected type.
 */
export function publicKeyFromBlob(blob: Buffer, expectedType?: string): PublicKey {
  const { type } = parseKeyBlob(blob);
  if (expectedType !== undefined && expectedType !== type) {
    throw new SshKeyFormatError(`the key is called ${JSON.stringify(expectedType)} but is of type ${type}`);
  }
  return { type, blob, comment: '' };
}

/** Decodes base64 with or without padding. Throws SshKeyFormatError on anything else. */
export function decodeBase64(text: string): Buffer {
  const digits = text.replace(/={0,2}$/, '');
  if (!/^[A-Za-z0-9+/]+$/.test(digits) || digits.length % 4 === 1) throw new SshKeyFormatError('this is not base64');
  return Buffer.from(digits, 'base64');
}

/** Gives the fingerprint as `ssh-keygen -lf` prints it, `SHA256:` and unpadded base64; a certificate has its base key's. */
export function fingerprintSha256(blob: Buffer): string {
  const hashed = certificateBaseKey(blob)?.blob ?? blob;
  return `SHA256:${createHash('sha256').update(hashed).digest('base64').replace(/=+$/, '')}`;
}

/** Gives the key's size as `ssh-keygen -lf` prints it; undefined for a blob of an unknown type or none at all. */
export function keyBits(blob: Buffer): number | undefined {
  return tryParseKeyBlob(blob)?.bits;
}

/** Gives the plain key that a certificate certifies; undefined for anything but a certificate of a known type. */
export function certificateBaseKey(blob: Buffer): PublicKey | undefined {
  const base = tryParseKeyBlob(blob)?.certificateBaseBlob;
  return base === undefined ? undefined : publicKeyFromBlob(base);
}

// The base64 begins with the length of the type's name, three zero bytes of which are always "AAAA".
const KEY_PATTERN = /^(\S+)[ \t]+(AAAA[A-Za-z0-9+/=]+)(?:[ \t]+(.*))?$/;

function startsWithKey(text: string): boolean {
  return KEY_PATTERN.test(text);
}

/** Options end at the first blank outside double quotes, in which `\"` is a quote. */
function optionsLength(text: string): number {
  return /^(?:"(?:\\"|[^"])*"|[^\s"])*/.exec(text)?.[0].length ?? 0;
}
