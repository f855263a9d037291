import { createPrivateKey, sign as cryptoSign, type KeyObject } from 'node:crypto';
import type { Secret } from '../../platform/secret.ts';
import { privateKeyBlock } from '../identities/privateKeyFile.ts';
import type { PublicKey } from '../identities/publicKey.ts';
import { readRegularFile } from '../regularFile.ts';
import type { SignatureAlgorithm, Signer } from './signer.ts';

/** The passphrase opens no private key of the file. */
export class WrongPassphraseError extends Error {
  override readonly name = 'WrongPassphraseError';
}

/** Signs with an unencrypted private key file. The file is read when there is something to sign, not before. */
export function fileSigner(path: string, publicKey: PublicKey): Signer {
  return {
    publicKey,
    sign: async (data, algorithm) => signWith(await parsePrivateKey(await readText(path), undefined), data, algorithm),
  };
}

/**
 * Opens an encrypted private key file; the key is kept in memory as long as the signer is.
 *
 * @throws WrongPassphraseError
 */
export async function encryptedFileSigner(path: string, publicKey: PublicKey, passphrase: Secret): Promise<Signer> {
  const text = await readText(path);
  let key: KeyObject;
  try {
    key = await parsePrivateKey(text, passphrase.reveal());
  } catch (error) {
    throw new WrongPassphraseError(`the passphrase does not open ${path}`, { cause: error });
  }
  return { publicKey, sign: async (data, algorithm) => signWith(key, data, algorithm) };
}

/** An SSH signature blob, as {@link Signer.sign} gives it. */
export function signWith(key: KeyObject, data: Buffer, algorithm: SignatureAlgorithm): Buffer {
  return signatureBlob(algorithm, signRaw(key, data, algorithm));
}

async function readText(path: string): Promise<string> {
  const file = await readRegularFile(path);
  if (file.state === 'read') return file.bytes.toString('latin1');
  throw new Error(`${path} ${file.state === 'missing' ? 'is gone' : file.reason}`);
}

/**
 * PEM and PKCS#8 are Node's own; openssh-key-v1 is turned into PEM by ssh2, which wants nothing else around it.
 *
 * @throws Error when it cannot be read.
 */
export async function parsePrivateKey(text: string, passphrase: string | undefined): Promise<KeyObject> {
  const key = privateKeyBlock(text) ?? text;
  if (!key.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----')) {
    return createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
  }
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(key, passphrase);
  if (parsed instanceof Error) throw parsed;
  return createPrivateKey(parsed.getPrivatePEM());
}

function signRaw(key: KeyObject, data: Buffer, algorithm: SignatureAlgorithm): Buffer {
  switch (algorithm) {
    case 'rsa-sha2-256':
      return cryptoSign('sha256', data, key);
    case 'rsa-sha2-512':
      return cryptoSign('sha512', data, key);
    case 'ssh-ed25519':
      return cryptoSign(null, data, key);
    case 'ecdsa-sha2-nistp256':
      return ecdsaSignature(cryptoSign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }));
    case 'ecdsa-sha2-nistp384':
      return ecdsaSignature(cryptoSign('sha384', data, { key, dsaEncoding: 'ieee-p1363' }));
    case 'ecdsa-sha2-nistp521':
      return ecdsaSignature(cryptoSign('sha512', data, { key, dsaEncoding: 'ieee-p1363' }));
  }
}

/** `mpint r`, `mpint s` (RFC 5656 §3.1.2) from r and s at equal lengths. */
function ecdsaSignature(concatenated: Buffer): Buffer {
  const half = concatenated.length / 2;
  return Buffer.concat([mpint(concatenated.subarray(0, half)), mpint(concatenated.subarray(half))]);
}

function mpint(unsigned: Buffer): Buffer {
  let start = 0;
  while (start < unsigned.length - 1 && unsigned[start] === 0) start++;
  const digits = unsigned.subarray(start);
  const needsSignByte = (digits[0] ?? 0) >= 0x80;
  return sshString(needsSignByte ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

function signatureBlob(algorithm: string, signature: Buffer): Buffer {
  return Buffer.concat([sshString(Buffer.from(algorithm)), sshString(signature)]);
}

function sshString(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
