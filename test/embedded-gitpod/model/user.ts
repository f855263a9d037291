import { issueOAuthToken, type PersonalAccessTokenSigner, type StoredToken, sha256Hex } from './accessToken.ts';
import { newUuid, randomHex } from './ids.ts';
import { createSshPublicKey, keyBlob, type SshPublicKey, SshPublicKeyError } from './sshPublicKey.ts';

const keyLimit = 5;

/** An account: its tokens and its registered SSH keys. */
export class EmbeddedUser {
  readonly id = newUuid();
  readonly organizationId = newUuid();
  /** The organizations the user is in. */
  readonly organizations: { readonly id: string; readonly name: string }[];
  readonly creationDate = new Date().toISOString();
  readonly name: string;
  /** The value of the cookie `_gitpod_session` of a browser in which the user is signed in. */
  readonly session = randomHex(16);
  /** The ids of the OAuth clients that the user has approved. */
  readonly approvedClients = new Set<string>();
  blocked = false;
  /** A personal access token with the scope `function:*`. */
  readonly personalAccessToken: string;
  readonly #signer: PersonalAccessTokenSigner;
  readonly #tokens = new Map<string, StoredToken>();
  readonly #keys: SshPublicKey[] = [];

  constructor(name: string, signer: PersonalAccessTokenSigner) {
    this.name = name;
    this.organizations = [{ id: this.organizationId, name: `${name}'s organization` }];
    this.#signer = signer;
    this.personalAccessToken = this.createPersonalAccessToken(['function:*']);
  }

  get sshPublicKeys(): readonly SshPublicKey[] {
    return this.#keys;
  }

  /** A token as the OAuth flow would give, with these scopes. */
  createToken(scopes: readonly string[]): string {
    return this.#store(issueOAuthToken(scopes));
  }

  createPersonalAccessToken(scopes: readonly string[]): string {
    return this.#store(this.#signer.issue(scopes));
  }

  /** Forgets a token of either kind: connections made with it stay, new ones get 401. */
  revokeToken(token: string): void {
    this.#tokens.delete(sha256Hex(this.#signer.open(token) ?? token));
  }

  findToken(hash: string): StoredToken | undefined {
    return this.#tokens.get(hash);
  }

  /**
   * Registers a key, as the account page does.
   * @throws {SshPublicKeyError} malformed, already registered, or too many keys
   */
  addSshPublicKey(name: string, authorizedKeyLine: string): SshPublicKey {
    const key = createSshPublicKey(name, authorizedKeyLine);
    if (this.#keys.length > keyLimit) throw new SshPublicKeyError(`No more than ${keyLimit} keys can be registered`);
    if (this.#keys.some(({ fingerprint }) => fingerprint === key.fingerprint)) {
      throw new SshPublicKeyError('Key already in use');
    }
    this.#keys.push(key);
    return key;
  }

  /** Takes a key out again, as the account page does. */
  removeSshPublicKey(key: SshPublicKey): void {
    this.#keys.splice(this.#keys.indexOf(key), 1);
  }

  /** Whether this very blob is registered; a certificate's blob never is. */
  hasSshPublicKey(blob: Buffer): boolean {
    return this.#keys.some(({ key }) => keyBlob(key).equals(blob));
  }

  #store(issued: { readonly token: string; readonly stored: StoredToken }): string {
    this.#tokens.set(issued.stored.sha256Hex, issued.stored);
    return issued.token;
  }
}
