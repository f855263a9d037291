/** A message ended before the field that was asked for, or holds a length beyond its end. */
export class SshWireError extends Error {
  override readonly name = 'SshWireError';
}

/** Reads the data types of RFC 4251 §5 from a message, front to back. Every read throws {@link SshWireError} past the end. */
export class SshReader {
  readonly #bytes: Buffer;
  #offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  byte(): number {
    return this.#take(1).readUInt8(0);
  }

  boolean(): boolean {
    return this.byte() !== 0;
  }

  uint32(): number {
    return this.#take(4).readUInt32BE(0);
  }

  /** A `string` field's bytes, shared with the message. */
  bytes(): Buffer {
    return this.#take(this.uint32());
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  #take(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.#bytes.length) {
      throw new SshWireError(`needs ${length} bytes at ${this.#offset}, has ${this.remaining}`);
    }
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}
