import { constants } from 'node:fs';

export type RegularFile =
  | { readonly state: 'read'; readonly bytes: Buffer; readonly mode: number; readonly ownerId: number }
  | { readonly state: 'missing' }
  /** `reason` ends a sentence that begins with the file's name. */
  | { readonly state: 'unreadable'; readonly reason: string };

const MAX_BYTES = 1024 * 1024;

/** Reads a whole file of at most 1 MiB. Nothing but a regular file is read, so a pipe or device cannot make us wait. */
export async function readRegularFile(path: string): Promise<RegularFile> {
  try {
    const { open } = await import('node:fs/promises'); // at first use: the start is quicker without it
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat();
    if (!stats.isFile()) return { state: 'unreadable', reason: 'is not a regular file' };
    if (stats.size > MAX_BYTES) return { state: 'unreadable', reason: `is larger than ${MAX_BYTES} bytes` };
    const bytes = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return { state: 'read', bytes: bytes.subarray(0, bytesRead), mode: stats.mode, ownerId: stats.uid };
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): RegularFile {
  if (!(error instanceof Error && 'code' in error)) throw error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { state: 'missing' };
    case 'EACCES':
    case 'EPERM':
      return { state: 'unreadable', reason: 'cannot be read: permission denied' };
    default:
      return { state: 'unreadable', reason: `cannot be read: ${error.message}` };
  }
}
