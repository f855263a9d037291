import type { SshKeyPair } from '../../../embedded-gitpod/ssh-wire/keyPair.ts';

/** The `authorized_keys` line of a key. */
export function authorizedKey({ type, blob }: SshKeyPair): string {
  return `${type} ${blob.toString('base64')} test`;
}
