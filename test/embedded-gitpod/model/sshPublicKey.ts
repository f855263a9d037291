import { createHash } from 'node:crypto';
import { newUuid } from './ids.ts';

/** A key registered with an account, as `getSSHPublicKeys` gives it (gitpod-wire §2.4). */
export interface SshPublicKey {
  readonly id: string;
  readonly name: string;
  /** The `authorized_keys` line. */
  readonly key: string;
  /** Base64 of the SHA-256 of the key blob, padding kept, no `SHA256:` in front. */
  readonly fingerprint: string;
  readonly creationTime: string;
}

/** The account service refused a key. */
export class SshPublicKeyError extends Error {
  override readonly name = 'SshPublicKeyError';
}

const acceptedTypes: readonly string[] = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

/**
 * Checks name and line and makes the record.
 * @throws {SshPublicKeyError} name not 1 to 255 characters long, or not a line of one of the seven accepted types
 */
export function createSshPublicKey(name: string, authorizedKeyLine: string): SshPublicKey {
  if (name.length < 1 || name.length > 255) throw new SshPublicKeyError('The key name must have 1 to 255 characters');
  const line = authorizedKeyLine.trim();
  return {
    id: newUuid(),
    name,
    key: line,
    fingerprint: createHash('sha256').update(keyBlob(line)).digest('base64'),
    creationTime: new Date().toISOString(),
  };
}

/**
 * The key blob of an `authorized_keys` line without options.
 * @throws {SshPublicKeyError} not such a line, or its blob is of another type than it says
 */
export function keyBlob(line: string): Buffer {
  const [type, base64] = line.split(/\s+/);
  if (type === undefined || base64 === undefined || !acceptedTypes.includes(type)) {
    throw new SshPublicKeyError('Key is invalid');
  }
  const blob = Buffer.from(base64, 'base64');
  const innerType = blob.subarray(4, 4 + type.length).toString('latin1');
  if (blob.length <= 4 + type.length || blob.readUInt32BE(0) !== type.length || innerType !== type) {
    throw new SshPublicKeyError('Key is invalid');
  }
  return blob;
}
