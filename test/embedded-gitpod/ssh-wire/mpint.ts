/** A positive number as `mpint` (RFC 4251 §5): no needless leading zeros, one where the first bit is set. */
export function mpint(bigEndian: Buffer): Buffer {
  const start = bigEndian.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Buffer.alloc(0) : bigEndian.subarray(start);
  return (digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits;
}
