/**
 * The names of key files OpenSSH looks for by itself, in its order (ssh_config(5), IdentityFile). The last two are of
 * retired types, which newer versions no longer look for; here they still are, so that such a key is explained.
 */
export const DEFAULT_KEY_FILES: readonly string[] = [
  '~/.ssh/id_rsa',
  '~/.ssh/id_ecdsa',
  '~/.ssh/id_ecdsa_sk',
  '~/.ssh/id_ed25519',
  '~/.ssh/id_ed25519_sk',
  '~/.ssh/id_xmss',
  '~/.ssh/id_dsa',
];
