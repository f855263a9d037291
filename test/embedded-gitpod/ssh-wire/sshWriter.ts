/** What {@link sshMessage} puts together: a string or a buffer is a `string` of RFC 4251 §5, the others say what they are. */
export type SshField =
  | Buffer
  | string
  | { readonly uint32: number }
  | { readonly boolean: boolean }
  | { readonly raw: Buffer };

/** One RFC 4251 §5 `uint32`. */
export function uint32(value: number): { readonly uint32: number } {
  return { uint32: value };
}

/** One RFC 4251 §5 `boolean`. */
export function boolean(value: boolean): { readonly boolean: boolean } {
  return { boolean: value };
}

/** Bytes put in as they are, without a length. */
export function raw(bytes: Buffer): { readonly raw: Buffer } {
  return { raw: bytes };
}

/** A message: its number, then the fields; a string or a buffer becomes a length-prefixed `string`. */
export function sshMessage(number: number, ...fields: readonly SshField[]): Buffer {
  return Buffer.concat([Buffer.of(number), sshFields(...fields)]);
}

/** Fields alone, as in a key blob. */
export function sshFields(...fields: readonly SshField[]): Buffer {
  return Buffer.concat(fields.map(encode));
}

function encode(field: SshField): Buffer {
  if (typeof field === 'string') return withLength(Buffer.from(field, 'utf8'));
  if (Buffer.isBuffer(field)) return withLength(field);
  if ('uint32' in field) return encodeUint32(field.uint32);
  if ('boolean' in field) return Buffer.of(field.boolean ? 1 : 0);
  return field.raw;
}

function withLength(bytes: Buffer): Buffer {
  return Buffer.concat([encodeUint32(bytes.length), bytes]);
}

function encodeUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
