import { SshKeyFormatError } from '../errors.ts';

/**
 * Reads SSH's data types one after the other from a buffer (RFC 4251 §5). Every read throws SshKeyFormatError when the
 * buffer ends too early, so a length from outside is never trusted.
 */
export class SshWireReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remainingBytes(): number {
    return this.#bytes.length - this.#offset;
  }

  readByte(): number {
    return this.readBytes(1).readUInt8();
  }

  readUint32(): number {
    return this.readBytes(4).readUInt32BE();
  }

  /** Reads a `string`: a length and that many bytes. The result shares memory with the buffer. */
  readString(): Buffer {
    return this.readBytes(this.readUint32());
  }

  /** Reads a `string` that names something: printable US-ASCII, at most 64 characters (RFC 4251 §6). */
  readName(): string {
    const name = this.readString().toString('latin1');
    if (!/^[\x21-\x7e]{1,64}$/.test(name)) throw new SshKeyFormatError('an algorithm name is not printable ASCII');
    return name;
  }

  /** Reads an `mpint` that must not be negative, without its leading zeros. */
  readUnsignedMpint(): Buffer {
    const bytes = this.readString();
    if (((bytes[0] ?? 0) & 0x80) !== 0) throw new SshKeyFormatError('a number is negative');
    const firstNonZero = bytes.findIndex((byte) => byte !== 0);
    return firstNonZero === -1 ? Buffer.alloc(0) : bytes.subarray(firstNonZero);
  }

  readBytes(length: number): Buffer {
    if (length > this.remainingBytes) {
      throw new SshKeyFormatError(`${length} bytes are announced, ${this.remainingBytes} are left`);
    }
    const bytes = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return bytes;
  }

  /** Throws unless everything was read. */
  expectEnd(): void {
    if (this.remainingBytes !== 0) throw new SshKeyFormatError(`${this.remainingBytes} bytes too many`);
  }
}

/** Encodes a `string` (RFC 4251 §5). */
export function sshString(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([sshUint32(bytes.length), bytes]);
}

/** Encodes a `uint32` (RFC 4251 §5). */
export function sshUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Encodes an unsigned big-endian number as an `mpint` (RFC 4251 §5): no leading zeros but the one that keeps it positive. */
export function sshMpint(unsigned: Buffer): Buffer {
  const firstNonZero = unsigned.findIndex((byte) => byte !== 0);
  if (firstNonZero === -1) return sshString('');
  const digits = unsigned.subarray(firstNonZero);
  const needsSignByte = ((digits[0] ?? 0) & 0x80) !== 0;
  return sshString(needsSignByte ? Buffer.concat([Buffer.of(0), digits]) : digits);
}
