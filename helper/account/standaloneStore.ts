import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../failures.ts';
import { Secret } from '../platform/secret.ts';

/**
 * The tokens of a person who uses the helper without an IDE: a file that only its owner may read. What somebody else
 * could have read or written is refused.
 */
export class StandaloneStore {
  readonly #path: string;

  /** @param directory the helper's own; made when the first token is kept. */
  constructor(directory: string) {
    this.#path = join(directory, 'credentials.json');
  }

  /** The token for an installation, or undefined. @throws Failure FILE_UNREADABLE. */
  get(host: string): Secret | undefined {
    const token = this.#read()[host];
    return token === undefined ? undefined : new Secret(token);
  }

  /** The installations there is a token for. @throws Failure FILE_UNREADABLE. */
  hosts(): readonly string[] {
    return Object.keys(this.#read());
  }

  /** Keeps a token in place of an earlier one. */
  set(host: string, token: Secret): void {
    this.#write({ ...this.#read(), [host]: token.reveal() });
  }

  /** Forgets a token. @returns false when there was none. */
  remove(host: string): boolean {
    const { [host]: removed, ...rest } = this.#read();
    if (removed === undefined) return false;
    this.#write(rest);
    return true;
  }

  #read(): Readonly<Record<string, string>> {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      throw this.#unreadable('it cannot be read', error);
    }
    this.#requirePrivate();
    try {
      return parse(text);
    } catch (error) {
      throw this.#unreadable('it is damaged; remove it and sign in again', error);
    }
  }

  #requirePrivate(): void {
    if (process.platform === 'win32') return; // the profile's access control list says who may read
    const { mode, uid } = statSync(this.#path);
    if (uid !== process.getuid?.()) throw this.#unreadable('it belongs to somebody else', undefined);
    if ((mode & 0o077) !== 0) throw this.#unreadable('others may read it: chmod 600 it, or sign in again', undefined);
  }

  #write(tokens: Readonly<Record<string, string>>): void {
    const directory = dirname(this.#path);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify({ tokens }, undefined, 2)}\n`, { mode: 0o600 });
    chmodSync(temporary, 0o600); // whatever the umask
    renameSync(temporary, this.#path);
  }

  #unreadable(problem: string, cause: unknown) {
    return failure('FILE_UNREADABLE', { path: this.#path, purpose: 'stored tokens', problem }, cause);
  }
}

function parse(text: string): Readonly<Record<string, string>> {
  const content: unknown = JSON.parse(text);
  if (typeof content !== 'object' || content === null || !('tokens' in content)) throw new SyntaxError('no tokens');
  const { tokens } = content;
  if (typeof tokens !== 'object' || tokens === null) throw new SyntaxError('tokens is not an object');
  return Object.fromEntries(
    Object.entries(tokens).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
