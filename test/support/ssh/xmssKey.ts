import { randomBytes } from 'node:crypto';
import { sshString } from '../../../helper/ssh/identities/sshWire.ts';
import { writeOpensshKeyFile } from './opensshKeyFile.ts';

/** Writes the files of an XMSS key, which no ordinary ssh-keygen makes. Gives the private file's path. */
export function makeXmssKey(path: string): string {
  const publicFields = Buffer.concat([sshString('XMSS_SHA2-256_W16_H10'), sshString(randomBytes(68))]);
  const secret = sshString(randomBytes(136));
  return writeOpensshKeyFile(path, { type: 'ssh-xmss@openssh.com', publicFields, secret, comment: 'xmss comment' });
}
