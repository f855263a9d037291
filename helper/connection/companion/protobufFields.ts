/** Bytes that are not a protobuf message. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** Length of a varint at most (https://protobuf.dev/programming-guides/encoding). */
const maxVarintBytes = 10;

/**
 * The strings and messages in a protobuf message, by field number. Of a field that comes twice the last counts; numbers
 * are skipped.
 *
 * @throws ProtobufError when the bytes are not a message.
 */
export function lengthDelimitedFields(message: Buffer): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let position = 0;
  const skip = (length: number) => {
    if (length > message.length - position) throw new ProtobufError('the message is cut short');
    position += length;
    return message.subarray(position - length, position);
  };
  const varint = () => {
    let value = 0;
    for (let index = 0; index < maxVarintBytes; index++) {
      const byte = skip(1).readUInt8();
      value += (byte % 0x80) * 0x80 ** index;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('a number is too long');
  };
  while (position < message.length) {
    const tag = varint();
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        skip(8);
        break;
      case 2:
        fields.set(Math.floor(tag / 8), skip(varint()));
        break;
      case 5:
        skip(4);
        break;
      default:
        throw new ProtobufError(`there is no wire type ${tag % 8}`);
    }
  }
  return fields;
}
