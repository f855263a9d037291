/** The inner `signature` of an SSH signature blob (`string algorithm`, `string signature`, RFC 4253 §6.6). */
export function rawSignature(blob: Buffer): Buffer {
  const algorithmLength = blob.readUInt32BE(0);
  const start = 4 + algorithmLength;
  return blob.subarray(start + 4, start + 4 + blob.readUInt32BE(start));
}
