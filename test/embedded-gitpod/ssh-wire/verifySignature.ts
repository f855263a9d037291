import { createPublicKey, type KeyObject, verify, type webcrypto } from 'node:crypto';
import { SshReader, SshWireError } from './sshReader.ts';

interface Curve {
  readonly jwkName: string;
  readonly hash: string;
  readonly coordinateLength: number;
}

const curves: ReadonlyMap<string, Curve> = new Map([
  ['ecdsa-sha2-nistp256', { jwkName: 'P-256', hash: 'sha256', coordinateLength: 32 }],
  ['ecdsa-sha2-nistp384', { jwkName: 'P-384', hash: 'sha384', coordinateLength: 48 }],
  ['ecdsa-sha2-nistp521', { jwkName: 'P-521', hash: 'sha512', coordinateLength: 66 }],
]);

const rsaHashes: ReadonlyMap<string, string> = new Map([
  ['rsa-sha2-256', 'sha256'],
  ['rsa-sha2-512', 'sha512'],
  ['ssh-rsa', 'sha1'],
]);

/**
 * Checks an SSH signature blob (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8332, RFC 8709) over data by the key of a public key blob.
 * Security-key types are not built: no signature of theirs is right.
 * @throws {SshWireError} a blob is malformed
 */
export function verifySignature(keyBlob: Buffer, signatureBlob: Buffer, data: Buffer): boolean {
  const key = new SshReader(keyBlob);
  const signature = new SshReader(signatureBlob);
  const keyType = key.text();
  const format = signature.text();
  const value = signature.bytes();
  switch (keyType) {
    case 'ssh-ed25519':
      return format === keyType && verify(null, data, ed25519Key(key), value);
    case 'ssh-rsa': {
      const hash = rsaHashes.get(format);
      return hash !== undefined && verify(hash, data, rsaKey(key), value);
    }
    default: {
      const curve = curves.get(keyType);
      if (!curve || format !== keyType) return false;
      return verify(
        curve.hash,
        data,
        { key: ecdsaKey(key, curve), dsaEncoding: 'ieee-p1363' },
        fixedLengthSignature(value, curve),
      );
    }
  }
}

function ed25519Key(fields: SshReader): KeyObject {
  return fromJwk({ kty: 'OKP', crv: 'Ed25519', x: fields.bytes().toString('base64url') });
}

function rsaKey(fields: SshReader): KeyObject {
  const e = fields.bytes().toString('base64url');
  const n = fields.bytes().toString('base64url');
  return fromJwk({ kty: 'RSA', e, n });
}

function ecdsaKey(fields: SshReader, curve: Curve): KeyObject {
  fields.bytes(); // the curve's name again
  const point = fields.bytes();
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.coordinateLength) throw new SshWireError('not a curve point');
  const x = point.subarray(1, 1 + curve.coordinateLength).toString('base64url');
  const y = point.subarray(1 + curve.coordinateLength).toString('base64url');
  return fromJwk({ kty: 'EC', crv: curve.jwkName, x, y });
}

function fromJwk(key: webcrypto.JsonWebKey): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}

/** From two `mpint`s, which drop and add leading zeros, to two numbers of the curve's length. */
function fixedLengthSignature(value: Buffer, { coordinateLength }: Curve): Buffer {
  const numbers = new SshReader(value);
  return Buffer.concat([toLength(numbers.bytes(), coordinateLength), toLength(numbers.bytes(), coordinateLength)]);
}

function toLength(mpint: Buffer, length: number): Buffer {
  if (mpint.length >= length) return mpint.subarray(mpint.length - length);
  return Buffer.concat([Buffer.alloc(length - mpint.length), mpint]);
}
