/** A file in an archive. */
export interface ArchivedFile {
  readonly name: string;
  readonly text: string;
}

const blockBytes = 512;

/**
 * Writes a tar archive (POSIX ustar) of files readable by their owner only.
 *
 * @param names at most 100 bytes each.
 */
export function tar(files: readonly ArchivedFile[], modifiedAt: Date): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    return [header(name, content.length, modifiedAt), content, Buffer.alloc(padding(content.length))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

function header(name: string, size: number, modifiedAt: Date): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  if (Buffer.byteLength(name) > 100) throw new RangeError(`${name} is too long a name for an archive`);
  block.write(name, 0);
  block.write(octal(0o600, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(Math.floor(modifiedAt.getTime() / 1000), 12), 136);
  block.write(' '.repeat(8), 148); // the checksum counts as blanks
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.write(
    octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return block;
}

function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}
