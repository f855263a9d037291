import { createECDH, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { sshString, sshUint32 } from '../../../helper/ssh/identities/sshWire.ts';

type SecurityKeyType = 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com';

/**
 * Writes the files ssh-keygen would make for a security key, without one: the private file holds no secret, only what
 * the device is asked with (OpenSSH's PROTOCOL.u2f and PROTOCOL.key). Gives the private file's path.
 */
export function makeSecurityKey(path: string, type: SecurityKeyType): string {
  const fields = Buffer.concat([publicFields(type), sshString('ssh:')]);
  const publicBlob = Buffer.concat([sshString(type), fields]);
  const checkNumber = randomBytes(4);
  const secret = Buffer.concat([Buffer.of(1), sshString(randomBytes(64)), sshString('')]);
  const privatePart = Buffer.concat([
    checkNumber,
    checkNumber,
    sshString(type),
    fields,
    secret,
    sshString('sk comment'),
  ]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    ...[sshString('none'), sshString('none'), sshString('')],
    ...[sshUint32(1), sshString(publicBlob), sshString(pad(privatePart))],
  ]);
  const body = file.toString('base64').replace(/.{70}/g, '$&\n');
  const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
  writeFileSync(path, text, { mode: 0o600 });
  writeFileSync(`${path}.pub`, `${type} ${publicBlob.toString('base64')} sk comment\n`);
  return path;
}

function publicFields(type: SecurityKeyType): Buffer {
  switch (type) {
    case 'sk-ssh-ed25519@openssh.com':
      return sshString(randomBytes(32));
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return Buffer.concat([sshString('nistp256'), sshString(createECDH('prime256v1').generateKeys())]);
  }
}

/** Pads to the block size of the cipher `none`, 8, with the numbers from 1 on. */
function pad(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
