import type { Signing } from './identity.ts';
import { tryParseKeyBlob } from './keyBlob.ts';
import type { PublicKey } from './publicKey.ts';
import { RETIRED } from './refusedEverywhere.ts';

/**
 * Tells why a key cannot sign in process by nature of its type, wherever it is kept. Undefined for RSA, ECDSA and
 * Ed25519, which can.
 */
export function restrictionOfType({ blob }: PublicKey): Signing | undefined {
  const parsed = tryParseKeyBlob(blob);
  if (parsed === undefined) return { kind: 'unsupported', reason: 'it is not a key in a known form' };
  if (parsed.certificateBaseBlob !== undefined) {
    return { kind: 'unsupported', reason: 'it is a certificate, which only `ssh` itself can use' };
  }
  switch (parsed.family) {
    case 'rsa':
    case 'ecdsa':
    case 'ed25519':
      return undefined;
    case 'sk':
      return { kind: 'touch' };
    case 'dsa':
    case 'xmss':
      return { kind: 'unsupported', reason: RETIRED[parsed.family] };
    case 'unknown':
      return { kind: 'unsupported', reason: `keys of type ${parsed.type} are not known here` };
  }
}
