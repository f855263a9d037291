import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const maxBytes = 5 * 1024 * 1024;
/** `FILE.1` is the newest of them. */
const keptFiles = 3;

/** A file to which lines are appended, 0600; a long one is put aside and begun anew, and only a few are kept. */
export class RotatingFile implements Disposable {
  readonly #path: string;
  readonly #maxBytes: number;
  #descriptor: number;
  #bytes: number;

  /** @throws Node's own error when it cannot be opened. */
  constructor(path: string, options: { readonly maxBytes?: number } = {}) {
    this.#path = path;
    this.#maxBytes = options.maxBytes ?? maxBytes;
    this.#descriptor = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  /** Appends a line at once, so that a crash loses none. A disk that is full loses lines, and nothing else. */
  append(line: string): void {
    try {
      if (this.#bytes > 0 && this.#bytes + Buffer.byteLength(line) > this.#maxBytes) this.#rotate();
      this.#bytes += writeSync(this.#descriptor, line);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    for (let index = keptFiles - 1; index >= 1; index--)
      renameIfThere(`${this.#path}.${index}`, `${this.#path}.${index + 1}`);
    renameIfThere(this.#path, `${this.#path}.1`);
    // Opened first: when that fails, the number of a closed file would soon be another file's or a connection's.
    const next = openSync(this.#path, 'a', 0o600);
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#bytes = fstatSync(this.#descriptor).size;
  }
}

/** Another process may rotate the same file. */
function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
