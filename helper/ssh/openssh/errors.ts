/** A file that had to be written and could not be; nothing was changed. */
export class SshConfigWriteError extends Error {
  override readonly name = 'SshConfigWriteError';
  readonly path: string;
  /** Ends a sentence that begins with the file's name. */
  readonly reason: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path} ${reason}`, options);
    this.path = path;
    this.reason = reason;
  }
}

/** OpenSSH does not resolve a host as it must; what was written for it has been undone. */
export class SshConfigConflictError extends Error {
  override readonly name = 'SshConfigConflictError';
  readonly file: string | undefined;
  /** Counted from 1. */
  readonly line: number | undefined;
  readonly reason: string;

  constructor(reason: string, options: { file?: string | undefined; line?: number | undefined; cause?: unknown }) {
    const place = [options.file, options.line === undefined ? undefined : `line ${options.line}`];
    const message = [place.filter((part) => part !== undefined).join(' '), reason].filter((part) => part !== '');
    super(message.join(': '), options.cause === undefined ? undefined : { cause: options.cause });
    this.file = options.file;
    this.line = options.line;
    this.reason = reason;
  }
}

/** Makes a {@link SshConfigWriteError} of what a file operation threw; throws anything else on. */
export function explainWriteFailure(path: string, error: unknown): SshConfigWriteError {
  if (error instanceof SshConfigWriteError) return error;
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
  return new SshConfigWriteError(path, `cannot be written: ${describe(error.code) ?? error.message}`, { cause: error });
}

function describe(code: string): string | undefined {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOTDIR':
      return 'a directory on the way to it is a file';
    case 'EISDIR':
      return 'it is a directory';
    case 'ENOENT':
      return 'the directory it belongs in does not exist';
    case 'ELOOP':
      return 'its symbolic links lead in a circle';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'no space is left';
    default:
      return undefined;
  }
}
