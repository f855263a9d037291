import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../../failures.ts';
import { replacePrivateFile } from '../../platform/replacePrivateFile.ts';
import { type KeychainName, keychainNames } from './keychain.ts';

/** Where the token of an installation is: in the file itself, or in a keychain. */
export type StoredEntry =
  | { readonly kind: 'file'; readonly token: string }
  | { readonly kind: 'keychain'; readonly keychain: KeychainName; readonly sealed: string };

/** By host. */
export type StoredEntries = ReadonlyMap<string, StoredEntry>;

/**
 * The file of the standalone store: the hosts there is a token for, with the token itself where there is no keychain.
 * It is 0600 in a directory that is 0700; what somebody else could have read or written is refused.
 */
export class StoreFile {
  readonly path: string;

  /** @param directory the helper's own; made when something is written. */
  constructor(directory: string) {
    this.path = join(directory, 'credentials.json');
  }

  /** Nothing when the file is not there. @throws Failure FILE_UNREADABLE. */
  read(): StoredEntries {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
      throw this.#unreadable('it cannot be read', error);
    }
    this.#requirePrivate();
    try {
      return parse(text);
    } catch (error) {
      throw this.#unreadable('it is damaged; remove it and sign in again', error);
    }
  }

  /** Replaces everything; with no entries, file and directory are removed. @throws Failure FILE_UNREADABLE. */
  write(entries: StoredEntries): void {
    if (entries.size === 0) {
      this.#remove();
      return;
    }
    this.#orUnwritable(() => mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 }));
    this.#requirePrivateDirectory();
    this.#orUnwritable(() => replacePrivateFile(this.path, format(entries)));
  }

  /** The disk may be full or read-only, or something else may be in the place of the directory. */
  #orUnwritable(write: () => void): void {
    try {
      write();
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
      throw this.#unreadable(`it cannot be written${reason}`, error);
    }
  }

  #remove(): void {
    rmSync(this.path, { force: true });
    try {
      rmdirSync(dirname(this.path));
    } catch {
      // Other files of the helper's are in it, or it is not there.
    }
  }

  #requirePrivate(): void {
    if (process.platform === 'win32') return; // the profile's access control list says who may read
    const { mode, uid } = statSync(this.path);
    if (uid !== process.getuid?.()) throw this.#unreadable('it belongs to somebody else', undefined);
    if ((mode & 0o077) !== 0) throw this.#unreadable('others may read it; chmod 600 it', undefined);
    this.#requirePrivateDirectory();
  }

  #requirePrivateDirectory(): void {
    if (process.platform === 'win32') return;
    const { mode, uid } = statSync(dirname(this.path));
    if (uid !== process.getuid?.()) throw this.#unreadable('its directory belongs to somebody else', undefined);
    if ((mode & 0o077) !== 0) throw this.#unreadable('others may enter its directory; chmod 700 that', undefined);
  }

  #unreadable(problem: string, cause: unknown) {
    return failure('FILE_UNREADABLE', { path: this.path, purpose: 'stored tokens', problem }, cause);
  }
}

function format(entries: StoredEntries): string {
  const tokens: Record<string, string> = {};
  const keychain: Record<string, { name: KeychainName; sealed: string }> = {};
  for (const [host, entry] of entries) {
    if (entry.kind === 'file') tokens[host] = entry.token;
    else keychain[host] = { name: entry.keychain, sealed: entry.sealed };
  }
  return `${JSON.stringify({ tokens, keychain }, undefined, 2)}\n`;
}

function parse(text: string): StoredEntries {
  const { tokens, keychain = {} } = objectOf(JSON.parse(text));
  const entries = new Map<string, StoredEntry>();
  for (const [host, token] of Object.entries(objectOf(tokens))) {
    if (typeof token !== 'string') throw new SyntaxError('a token is not text');
    entries.set(host, { kind: 'file', token });
  }
  for (const [host, value] of Object.entries(objectOf(keychain))) {
    const { name, sealed } = objectOf(value);
    const known = keychainNames.find((each) => each === name);
    if (known === undefined || typeof sealed !== 'string') throw new SyntaxError('an entry is not understood');
    entries.set(host, { kind: 'keychain', keychain: known, sealed });
  }
  return entries;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not an object');
  return { ...value };
}
