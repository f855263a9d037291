import ssh2, { type ParsedKey, type PublicKeyAuthContext } from 'ssh2';
import type { SshKeyPair } from '../ssh-wire/keyPair.ts';

/** The keys that an SSH server lets in, as in `~/.ssh/authorized_keys`. */
export class AuthorizedKeys {
  readonly #keys: ParsedKey[] = [];

  add({ privateKeyText }: SshKeyPair): void {
    const parsed = ssh2.utils.parseKey(privateKeyText);
    if (parsed instanceof Error) throw parsed;
    this.#keys.push(parsed);
  }

  /** Whether a request may pass: a query needs a key that is known, anything else its signature as well. */
  admits({ key, signature, blob, hashAlgo }: PublicKeyAuthContext): boolean {
    const known = this.#keys.find((each) => each.getPublicSSH().equals(key.data));
    if (known === undefined) return false;
    if (signature === undefined) return true;
    return blob !== undefined && known.verify(blob, signature, hashAlgo) === true;
  }
}
