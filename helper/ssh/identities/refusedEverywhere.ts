import { tryParseKeyBlob } from './keyBlob.ts';
import type { PublicKey } from './publicKey.ts';

/** Why keys of the retired families serve no more. */
export const RETIRED = {
  dsa: 'DSA keys are retired, servers refuse them',
  xmss: 'XMSS keys were an experiment that OpenSSH has given up, servers refuse them',
} as const;

/** Smaller RSA keys are refused by the SSH library of the servers this is for. */
const MIN_RSA_BITS = 2048;

/**
 * Tells why no server takes a key, registered or not, wherever it is kept: its type is retired, or it is too small.
 * Undefined for any other key. The text may go on after "but".
 */
export function refusedEverywhere({ blob }: PublicKey): string | undefined {
  const parsed = tryParseKeyBlob(blob);
  switch (parsed?.family) {
    case 'dsa':
    case 'xmss':
      return RETIRED[parsed.family];
    case 'rsa': {
      const { bits } = parsed;
      if (bits === undefined || bits >= MIN_RSA_BITS) return undefined;
      return `the server refuses RSA keys below ${MIN_RSA_BITS} bits, and this has ${bits}`;
    }
    case 'ecdsa':
    case 'ed25519':
    case 'sk':
    case 'unknown':
    case undefined:
      return undefined;
  }
}
