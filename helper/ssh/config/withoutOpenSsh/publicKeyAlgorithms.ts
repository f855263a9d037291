import { matchesPattern, matchesPatternList } from './pattern.ts';

const CERTIFICATE = '-cert-v01@openssh.com';
const NIST_TYPES = ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'];

/** What OpenSSH 9 accepts when `PubkeyAcceptedAlgorithms` says nothing (ssh_config(5)). */
export const DEFAULT_ALGORITHMS: readonly string[] = [
  ...['ssh-ed25519', ...NIST_TYPES, 'sk-ssh-ed25519', 'sk-ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'].map(
    (name) => `${name}${CERTIFICATE}`,
  ),
  ...['ssh-ed25519', ...NIST_TYPES, 'sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'],
  ...['rsa-sha2-512', 'rsa-sha2-256'],
];

/** What OpenSSH 9 knows, in the order of `ssh -Q key-sig`, in which a pattern finds them. */
const KNOWN_ALGORITHMS: readonly string[] = [
  ...['ssh-ed25519', `ssh-ed25519${CERTIFICATE}`, 'sk-ssh-ed25519@openssh.com', `sk-ssh-ed25519${CERTIFICATE}`],
  ...NIST_TYPES.flatMap((name) => [name, `${name}${CERTIFICATE}`]),
  ...['sk-ecdsa-sha2-nistp256@openssh.com', `sk-ecdsa-sha2-nistp256${CERTIFICATE}`],
  'webauthn-sk-ecdsa-sha2-nistp256@openssh.com',
  ...['ssh-dss', 'ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512'].flatMap((name) => [name, `${name}${CERTIFICATE}`]),
];

/**
 * Works out `PubkeyAcceptedAlgorithms`: a list of patterns, or after `+`, `-` or `^` one to add to, take from or put
 * before the default (ssh_config(5)). Gives undefined when OpenSSH refuses it.
 */
export function acceptedAlgorithms(value: string): readonly string[] | undefined {
  const list = value.replace(/^[+^-]/, '');
  if (value.startsWith('-')) return DEFAULT_ALGORITHMS.filter((name) => !matchesPatternList(name, list));
  const patterns = list.split(',').filter((pattern) => pattern !== '');
  if (patterns.length === 0) return undefined;
  const named: string[] = [];
  for (const pattern of patterns) {
    const found = KNOWN_ALGORITHMS.filter((name) => matchesPattern(name, pattern));
    if (found.length === 0) return undefined;
    named.push(...found);
  }
  return [...new Set(inOrder(value, named))];
}

function inOrder(value: string, named: readonly string[]): readonly string[] {
  if (value.startsWith('+')) return [...DEFAULT_ALGORITHMS, ...named];
  return value.startsWith('^') ? [...named, ...DEFAULT_ALGORITHMS] : named;
}
