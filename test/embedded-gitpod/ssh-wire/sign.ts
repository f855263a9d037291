import { sign } from 'node:crypto';
import type { SshKeyPair } from './keyPair.ts';
import { mpint } from './mpint.ts';
import { sshFields } from './sshWriter.ts';

/**
 * An SSH signature blob (RFC 4253 §6.6) by a key of {@link generateSshKeyPair}.
 * @param algorithm the signature algorithm; the key's type, except for RSA
 */
export function signSsh({ privateKey }: SshKeyPair, algorithm: string, data: Buffer): Buffer {
  switch (algorithm) {
    case 'ssh-ed25519':
      return sshFields(algorithm, sign(null, data, privateKey));
    case 'rsa-sha2-512':
      return sshFields(algorithm, sign('sha512', data, privateKey));
    case 'rsa-sha2-256':
      return sshFields(algorithm, sign('sha256', data, privateKey));
    case 'ssh-rsa':
      return sshFields(algorithm, sign('sha1', data, privateKey));
    case 'ecdsa-sha2-nistp256': {
      const both = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return sshFields(algorithm, sshFields(mpint(both.subarray(0, 32)), mpint(both.subarray(32))));
    }
    default:
      throw new TypeError(`no signatures by ${algorithm}`);
  }
}
