import { log } from '../../log.ts';
import { Secret } from '../../platform/secret.ts';
import { type Keychain, NoKeychainError } from './keychain.ts';
import { keychainFailure } from './runKeychain.ts';
import { type StoredEntry, StoreFile } from './storeFile.ts';

/**
 * The tokens of a person who uses the helper without an IDE, one for each installation: in the keychain of the operating
 * system, or where there is none in a file that only its owner may read. Which hosts there are is always in the file, since
 * keychains do not list what they have.
 */
export class StandaloneStore {
  readonly #file: StoreFile;
  readonly #keychain: Keychain | undefined;

  constructor(directory: string, keychain: Keychain | undefined) {
    this.#file = new StoreFile(directory);
    this.#keychain = keychain;
  }

  /** Whether there is a token for an installation; no keychain is asked. @throws Failure FILE_UNREADABLE. */
  has(host: string): boolean {
    return this.#file.read().has(host);
  }

  /** The installations there is a token for; no keychain is asked. @throws Failure FILE_UNREADABLE. */
  hosts(): readonly string[] {
    return [...this.#file.read().keys()];
  }

  /** The token for an installation, or undefined. @throws Failure FILE_UNREADABLE, KEYCHAIN_FAILED, or the signal's reason. */
  async get(host: string, signal: AbortSignal): Promise<Secret | undefined> {
    const entry = this.#file.read().get(host);
    if (entry === undefined) return undefined;
    if (entry.kind === 'file') return new Secret(entry.token);
    return this.#keychainOf(entry).read(host, entry.sealed, signal);
  }

  /**
   * Keeps a token in place of an earlier one.
   *
   * @returns where it is now: the name of the keychain's program, or the path of the file.
   * @throws Failure FILE_UNREADABLE, KEYCHAIN_FAILED, or the signal's reason.
   */
  async set(host: string, token: Secret, signal: AbortSignal): Promise<string> {
    this.#file.read(); // what cannot be used is told of before the keychain has the token
    const entry = (await this.#keepInKeychain(host, token, signal)) ?? { kind: 'file', token: token.reveal() };
    // Read behind the keychain, which may ask the user: another sign-in may have ended meanwhile.
    this.#file.write(new Map(this.#file.read()).set(host, entry));
    return entry.kind === 'file' ? this.#file.path : entry.keychain;
  }

  /** Forgets a token, wherever it is. @returns false when there was none. @throws as {@link set}. */
  async remove(host: string, signal: AbortSignal): Promise<boolean> {
    const entry = this.#file.read().get(host);
    if (entry === undefined) return false;
    if (entry.kind === 'keychain') await this.#keychainOf(entry).forget(host, signal);
    const entries = new Map(this.#file.read());
    entries.delete(host);
    this.#file.write(entries);
    return true;
  }

  async #keepInKeychain(host: string, token: Secret, signal: AbortSignal): Promise<StoredEntry | undefined> {
    if (this.#keychain === undefined) return undefined;
    try {
      const sealed = await this.#keychain.keep(host, token, signal);
      return { kind: 'keychain', keychain: this.#keychain.name, sealed };
    } catch (error) {
      if (!(error instanceof NoKeychainError)) throw error;
      log.info('account.no_keychain', { error });
      return undefined;
    }
  }

  #keychainOf({ keychain }: Extract<StoredEntry, { kind: 'keychain' }>): Keychain {
    if (this.#keychain?.name === keychain) return this.#keychain;
    throw keychainFailure(keychain, 'it is not there now, as in a session without a desktop');
  }
}
