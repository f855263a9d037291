import { createPublicKey, type KeyObject } from 'node:crypto';
import { SshKeyFormatError } from '../errors.ts';
import { type PublicKey, publicKeyFromBlob } from './publicKey.ts';
import { sshMpint, sshString } from './sshWire.ts';

const CURVES: ReadonlyMap<string, string> = new Map([
  ['P-256', 'nistp256'],
  ['P-384', 'nistp384'],
  ['P-521', 'nistp521'],
]);

/**
 * Works out the public key of an unencrypted private key in PEM: PKCS#1, SEC1, PKCS#8 or OpenSSL's DSA form.
 *
 * @throws SshKeyFormatError when it is malformed, or of a kind that SSH has no keys for.
 */
export function publicKeyOfPem(pem: Buffer): PublicKey {
  return publicKeyFromBlob(encode(readPem(pem)));
}

function readPem(pem: Buffer): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new SshKeyFormatError('it is not a private key that can be read', { cause });
  }
}

function encode(key: KeyObject): Buffer {
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const { e, n } = key.export({ format: 'jwk' });
      return Buffer.concat([sshString('ssh-rsa'), sshMpint(fromBase64Url(e)), sshMpint(fromBase64Url(n))]);
    }
    case 'ec': {
      const { crv, x, y } = key.export({ format: 'jwk' });
      const curve = CURVES.get(crv ?? '');
      if (curve === undefined) throw new SshKeyFormatError(`SSH has no keys on the curve ${crv}`);
      const point = Buffer.concat([Buffer.of(4), fromBase64Url(x), fromBase64Url(y)]);
      return Buffer.concat([sshString(`ecdsa-sha2-${curve}`), sshString(curve), sshString(point)]);
    }
    case 'ed25519': {
      const { x } = key.export({ format: 'jwk' });
      return Buffer.concat([sshString('ssh-ed25519'), sshString(fromBase64Url(x))]);
    }
    case 'dsa': {
      const numbers = derIntegers(key.export({ format: 'der', type: 'spki' }));
      return Buffer.concat([sshString('ssh-dss'), ...numbers.map(sshMpint)]);
    }
    default:
      throw new SshKeyFormatError(`SSH has no keys of the kind ${key.asymmetricKeyType}`);
  }
}

function fromBase64Url(text: string | undefined): Buffer {
  return Buffer.from(text ?? '', 'base64url');
}

/**
 * Gives every INTEGER of a DER structure in its order, inside sequences and bit strings too. For a DSA key as
 * SubjectPublicKeyInfo that is p, q, g and y (RFC 3279 §2.3.2).
 */
function derIntegers(der: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  let offset = 0;
  while (offset < der.length) {
    const tag = der.readUInt8(offset);
    const firstLengthByte = der.readUInt8(offset + 1);
    const lengthBytes = firstLengthByte < 0x80 ? 0 : firstLengthByte & 0x7f;
    const length = lengthBytes === 0 ? firstLengthByte : der.readUIntBE(offset + 2, lengthBytes);
    const start = offset + 2 + lengthBytes;
    const content = der.subarray(start, start + length);
    if (tag === 0x02) found.push(content);
    else if (tag === 0x30) found.push(...derIntegers(content));
    else if (tag === 0x03) found.push(...derIntegers(content.subarray(1)));
    offset = start + length;
  }
  return found;
}
