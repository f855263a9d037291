import type { PublicKey } from './publicKey.ts';

/** How a signature can be had from an identity. */
export type Signing =
  /** The agent signs without asking anyone. */
  | { readonly kind: 'agent' }
  /** The private key file is not encrypted; `isRefusedByOpenSsh` when only a connection in process signs with it. */
  | { readonly kind: 'file'; readonly isRefusedByOpenSsh?: boolean }
  /** The private key file is encrypted. */
  | { readonly kind: 'passphrase' }
  /** A security key (FIDO) that wants to be touched. */
  | { readonly kind: 'touch' }
  /** Nothing but the public half is here, or nothing at all. */
  | { readonly kind: 'absent' }
  /** OpenSSH's configuration rules it out. */
  | { readonly kind: 'disabled'; readonly reason: string }
  /** A certificate, a retired or unknown type, or a file that cannot be read. */
  | { readonly kind: 'unsupported'; readonly reason: string };

/** Something OpenSSH would offer, or try to. */
export interface Identity {
  readonly source: 'agent' | 'config-file' | 'default-file' | 'certificate-file';
  /** The file it was named by; absent for a key that only the agent knows. */
  readonly path?: string;
  /** The agent that holds it. */
  readonly agentPath?: string;
  /** Undefined when the file does not tell: it is missing, not a key, or encrypted with its public half. */
  readonly publicKey: PublicKey | undefined;
  readonly signing: Signing;
  /** Whole sentences on what is odd about it. */
  readonly note?: string;
}
