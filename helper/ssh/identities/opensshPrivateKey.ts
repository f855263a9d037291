import { SshKeyFormatError } from '../errors.ts';
import { type PublicKey, publicKeyFromBlob } from './publicKey.ts';
import { SshWireReader } from './sshWire.ts';

const MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');

/**
 * Reads the part of an openssh-key-v1 file that needs no passphrase: its public key, and whether it is encrypted
 * (OpenSSH's PROTOCOL.key).
 *
 * @throws SshKeyFormatError when it is malformed.
 */
export function parseOpensshPrivateKey(bytes: Buffer): { readonly publicKey: PublicKey; readonly encrypted: boolean } {
  const reader = new SshWireReader(bytes);
  if (!reader.readBytes(MAGIC.length).equals(MAGIC)) throw new SshKeyFormatError('it does not begin as it must');
  const cipher = reader.readName();
  reader.readName(); // the key derivation function
  reader.readString(); // its options
  const keyCount = reader.readUint32();
  if (keyCount !== 1) throw new SshKeyFormatError(`it holds ${keyCount} keys, not one`);
  const publicKey = publicKeyFromBlob(Buffer.from(reader.readString()));
  const privatePart = reader.readString();
  const encrypted = cipher !== 'none';
  if (!encrypted) checkPrivatePart(privatePart, publicKey.type);
  return { publicKey, encrypted };
}

/** The private part begins with a check number, twice, and the key's type. */
function checkPrivatePart(privatePart: Buffer, type: string): void {
  const reader = new SshWireReader(privatePart);
  const checkNumber = reader.readUint32();
  if (reader.readUint32() !== checkNumber) throw new SshKeyFormatError('its check numbers differ');
  if (reader.readName() !== type) throw new SshKeyFormatError('its two halves are of different types');
}
