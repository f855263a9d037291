import ssh2, { type ParsedKey } from 'ssh2';
import type { SshKeyPair } from './keyPair.ts';

const rsaAlgorithms: readonly string[] = ['rsa-sha2-256', 'rsa-sha2-512', 'ssh-rsa'];

/** The table in which ssh2's protocol layer looks up a negotiated host key algorithm. */
export function hostKeyTable(keys: readonly SshKeyPair[]): Record<string, ParsedKey> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const parsed = ssh2.utils.parseKey(key.privateKeyText);
      if (parsed instanceof Error) throw parsed;
      return (key.type === 'ssh-rsa' ? rsaAlgorithms : [key.type]).map((algorithm) => [algorithm, parsed]);
    }),
  );
}
