import type { HostKey } from '../ssh/hostkeys/hostKey.ts';
import { fingerprintSha256 } from '../ssh/identities/publicKey.ts';

/** A host key as people compare it: `ssh-ed25519 SHA256:…`. */
export function fingerprintOfHostKey({ type, blob }: HostKey): string {
  return `${type} ${fingerprintSha256(blob)}`;
}
