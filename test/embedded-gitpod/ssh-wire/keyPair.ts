import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { mpint } from './mpint.ts';
import { raw, sshFields, uint32 } from './sshWriter.ts';

export type SshKeyKind = 'ed25519' | 'rsa' | 'ecdsa';

/** An SSH key pair that exists only in this process. */
export interface SshKeyPair {
  /** The key's type as in its blob: `ssh-rsa` whatever the signature algorithm. */
  readonly type: string;
  /** The public key as on the wire (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4). */
  readonly blob: Buffer;
  readonly privateKey: KeyObject;
  /** The private key in a format that ssh2 and OpenSSH read. */
  readonly privateKeyText: string;
}

const generate = promisify(generateKeyPair);

/** A fresh ed25519, RSA (2048 bits) or ECDSA (P-256) key pair. */
export async function generateSshKeyPair(kind: SshKeyKind): Promise<SshKeyPair> {
  switch (kind) {
    case 'ed25519':
      return ed25519Pair((await generate('ed25519')).privateKey);
    case 'rsa':
      return rsaPair((await generate('rsa', { modulusLength: 2048 })).privateKey);
    case 'ecdsa':
      return ecdsaPair((await generate('ec', { namedCurve: 'P-256' })).privateKey);
  }
}

function ed25519Pair(privateKey: KeyObject): SshKeyPair {
  const type = 'ssh-ed25519';
  const publicKey = jwkMember(privateKey, 'x');
  const seed = jwkMember(privateKey, 'd');
  const blob = sshFields(type, publicKey);
  return { type, blob, privateKey, privateKeyText: openSshPrivateKey(type, blob, publicKey, seed) };
}

function rsaPair(privateKey: KeyObject): SshKeyPair {
  const type = 'ssh-rsa';
  const blob = sshFields(type, mpint(jwkMember(privateKey, 'e')), mpint(jwkMember(privateKey, 'n')));
  const privateKeyText = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  return { type, blob, privateKey, privateKeyText };
}

function ecdsaPair(privateKey: KeyObject): SshKeyPair {
  const type = 'ecdsa-sha2-nistp256';
  const point = Buffer.concat([Buffer.of(4), jwkMember(privateKey, 'x'), jwkMember(privateKey, 'y')]);
  const blob = sshFields(type, 'nistp256', point);
  const privateKeyText = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  return { type, blob, privateKey, privateKeyText };
}

/** The `openssh-key-v1` format without a passphrase (OpenSSH PROTOCOL.key). */
function openSshPrivateKey(type: string, blob: Buffer, publicKey: Buffer, seed: Buffer): string {
  const check = raw(randomBytes(4));
  const secrets = sshFields(check, check, type, publicKey, Buffer.concat([seed, publicKey]), '');
  const padding = Buffer.from(Array.from({ length: (8 - (secrets.length % 8)) % 8 }, (_, index) => index + 1));
  const file = sshFields(
    raw(Buffer.from('openssh-key-v1\0', 'latin1')),
    'none',
    'none',
    '',
    uint32(1),
    blob,
    Buffer.concat([secrets, padding]),
  );
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

function jwkMember(key: KeyObject, name: 'd' | 'e' | 'n' | 'x' | 'y'): Buffer {
  const value = key.export({ format: 'jwk' })[name];
  if (value === undefined) throw new TypeError(`a key without ${name}`);
  return Buffer.from(value, 'base64url');
}
