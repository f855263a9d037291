import { createECDH, randomBytes } from 'node:crypto';
import { sshString } from '../../../helper/ssh/identities/sshWire.ts';
import { writeOpensshKeyFile } from './opensshKeyFile.ts';

type SecurityKeyType = 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com';

/**
 * Writes the files ssh-keygen would make for a security key, without one: the private file holds no secret, only what
 * the device is asked with (OpenSSH's PROTOCOL.u2f). Gives the private file's path.
 */
export function makeSecurityKey(path: string, type: SecurityKeyType): string {
  const publicFields = Buffer.concat([publicKeyFields(type), sshString('ssh:')]);
  const secret = Buffer.concat([Buffer.of(1), sshString(randomBytes(64)), sshString('')]);
  return writeOpensshKeyFile(path, { type, publicFields, secret, comment: 'sk comment' });
}

function publicKeyFields(type: SecurityKeyType): Buffer {
  switch (type) {
    case 'sk-ssh-ed25519@openssh.com':
      return sshString(randomBytes(32));
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return Buffer.concat([sshString('nistp256'), sshString(createECDH('prime256v1').generateKeys())]);
  }
}
