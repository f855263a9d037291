import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { sshString, sshUint32 } from '../../../helper/ssh/identities/sshWire.ts';

export interface KeyParts {
  readonly type: string;
  /** What follows the type in the public blob. */
  readonly publicFields: Buffer;
  /** What follows the public fields in the private part. */
  readonly secret: Buffer;
  readonly comment: string;
}

/** Writes an unencrypted openssh-key-v1 file and its `.pub` (OpenSSH's PROTOCOL.key). Gives the private file's path. */
export function writeOpensshKeyFile(path: string, { type, publicFields, secret, comment }: KeyParts): string {
  const publicBlob = Buffer.concat([sshString(type), publicFields]);
  const checkNumber = randomBytes(4);
  const privatePart = Buffer.concat([
    ...[checkNumber, checkNumber, sshString(type), publicFields],
    ...[secret, sshString(comment)],
  ]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    ...[sshString('none'), sshString('none'), sshString('')],
    ...[sshUint32(1), sshString(publicBlob), sshString(pad(privatePart))],
  ]);
  const body = file.toString('base64').replace(/.{70}/g, '$&\n');
  const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
  writeFileSync(path, text, { mode: 0o600 });
  writeFileSync(`${path}.pub`, `${type} ${publicBlob.toString('base64')} ${comment}\n`);
  return path;
}

/** Pads to the block size of the cipher `none`, 8, with the numbers from 1 on. */
function pad(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
