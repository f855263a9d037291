import { SshKeyFormatError } from '../errors.ts';
import { SshWireReader, sshString } from './sshWire.ts';

export type KeyFamily = 'rsa' | 'dsa' | 'ecdsa' | 'ed25519' | 'sk' | 'xmss' | 'unknown';

/** What a public key blob says about itself. */
export interface KeyBlob {
  /** The key's type, for a certificate with `-cert-v01@openssh.com`. */
  readonly type: string;
  /** For a certificate, its base key's family. */
  readonly family: KeyFamily;
  /** Undefined for a type this project does not know. */
  readonly bits: number | undefined;
  /** For a certificate, the blob of the plain key it certifies. */
  readonly certificateBaseBlob: Buffer | undefined;
}

interface KeyLayout {
  readonly family: KeyFamily;
  /** Reads the fields after the type name and gives the key's size. */
  readonly readBits: (reader: SshWireReader) => number;
}

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';

/** Known by name only: OpenSSH never had it in an ordinary build. */
const XMSS_TYPE = 'ssh-xmss@openssh.com';

// RFC 4253 §6.6 (rsa, dss), RFC 5656 §3.1 (ecdsa), RFC 8709 §4 (ed25519), OpenSSH's PROTOCOL.u2f (sk).
const KEY_LAYOUTS: ReadonlyMap<string, KeyLayout> = new Map<string, KeyLayout>([
  ['ssh-rsa', { family: 'rsa', readBits: readRsa }],
  ['ssh-dss', { family: 'dsa', readBits: readDsa }],
  ['ssh-ed25519', { family: 'ed25519', readBits: readEd25519 }],
  ['ecdsa-sha2-nistp256', { family: 'ecdsa', readBits: (reader) => readEcdsa(reader, 'nistp256', 256) }],
  ['ecdsa-sha2-nistp384', { family: 'ecdsa', readBits: (reader) => readEcdsa(reader, 'nistp384', 384) }],
  ['ecdsa-sha2-nistp521', { family: 'ecdsa', readBits: (reader) => readEcdsa(reader, 'nistp521', 521) }],
  ['sk-ssh-ed25519@openssh.com', { family: 'sk', readBits: (reader) => readSecurityKey(reader, readEd25519) }],
  [
    'sk-ecdsa-sha2-nistp256@openssh.com',
    { family: 'sk', readBits: (reader) => readSecurityKey(reader, (key) => readEcdsa(key, 'nistp256', 256)) },
  ],
]);

/**
 * Parses a public key blob. A type that is not known has only its name.
 *
 * @throws SshKeyFormatError when the blob does not begin with a type name, or is not laid out as a known type must be.
 */
export function parseKeyBlob(blob: Buffer): KeyBlob {
  const reader = new SshWireReader(blob);
  const type = reader.readName();
  if (type.endsWith(CERTIFICATE_SUFFIX)) return parseCertificate(type, reader);
  const layout = KEY_LAYOUTS.get(type);
  if (layout === undefined) {
    const family = type === XMSS_TYPE ? 'xmss' : 'unknown';
    return { type, family, bits: undefined, certificateBaseBlob: undefined };
  }
  const bits = layout.readBits(reader);
  reader.expectEnd();
  return { type, family: layout.family, bits, certificateBaseBlob: undefined };
}

/** Like parseKeyBlob, but undefined for what is no key blob. */
export function tryParseKeyBlob(blob: Buffer): KeyBlob | undefined {
  try {
    return parseKeyBlob(blob);
  } catch (error) {
    if (error instanceof SshKeyFormatError) return undefined;
    throw error;
  }
}

/** OpenSSH's PROTOCOL.certkeys: type, nonce, the base key's own fields, and what the authority adds. */
function parseCertificate(type: string, reader: SshWireReader): KeyBlob {
  const baseType = baseTypeOfCertificate(type);
  const layout = KEY_LAYOUTS.get(baseType);
  if (layout === undefined) return { type, family: 'unknown', bits: undefined, certificateBaseBlob: undefined };
  reader.readString();
  const afterNonce = reader.readBytes(reader.remainingBytes);
  const fieldsReader = new SshWireReader(afterNonce);
  const bits = layout.readBits(fieldsReader);
  const fields = afterNonce.subarray(0, afterNonce.length - fieldsReader.remainingBytes);
  return { type, family: layout.family, bits, certificateBaseBlob: Buffer.concat([sshString(baseType), fields]) };
}

function baseTypeOfCertificate(type: string): string {
  const base = type.slice(0, -CERTIFICATE_SUFFIX.length);
  return base.startsWith('sk-') ? `${base}@openssh.com` : base;
}

function readRsa(reader: SshWireReader): number {
  reader.readUnsignedMpint();
  return bitLength(reader.readUnsignedMpint());
}

function readDsa(reader: SshWireReader): number {
  const bits = bitLength(reader.readUnsignedMpint());
  for (let field = 0; field < 3; field++) reader.readUnsignedMpint();
  return bits;
}

function readEcdsa(reader: SshWireReader, curve: string, bits: number): number {
  if (reader.readName() !== curve) throw new SshKeyFormatError(`the curve is not ${curve}`);
  const coordinateBytes = Math.ceil(bits / 8);
  const point = reader.readString();
  if (point.length !== 1 + 2 * coordinateBytes || point[0] !== 4) {
    throw new SshKeyFormatError('the curve point is not in uncompressed form');
  }
  return bits;
}

function readEd25519(reader: SshWireReader): number {
  if (reader.readString().length !== 32) throw new SshKeyFormatError('an Ed25519 key is not 32 bytes long');
  return 256;
}

function readSecurityKey(reader: SshWireReader, readKey: (reader: SshWireReader) => number): number {
  const bits = readKey(reader);
  reader.readString();
  return bits;
}

function bitLength(digits: Buffer): number {
  const first = digits[0];
  if (first === undefined) throw new SshKeyFormatError('a modulus is zero');
  return (digits.length - 1) * 8 + (32 - Math.clz32(first));
}
