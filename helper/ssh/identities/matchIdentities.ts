import type { Identity } from './identity.ts';
import { judgeIdentity, type LocalVerdict } from './judgeIdentity.ts';
import { certificateBaseKey, type PublicKey } from './publicKey.ts';

/** A public key that an account has on a server. */
export interface RegisteredKey {
  /** What the account calls it. */
  readonly name: string;
  /** Undefined when the text is not a public key. */
  readonly publicKey: PublicKey | undefined;
  /** The public key line as the server has it. */
  readonly text: string;
}

export interface LocalMatch {
  readonly identity: Identity;
  readonly verdict: LocalVerdict;
  /** The name of the registered key that it is. */
  readonly registeredAs?: string;
  /** One sentence, with the remedy where there is one. */
  readonly reason: string;
}

export type RegisteredVerdict =
  | 'available'
  | 'needs-passphrase'
  | 'not-in-process'
  | 'unusable'
  | 'no-private-half-here'
  | 'unparsable';

export interface RegisteredMatch {
  readonly key: RegisteredKey;
  readonly verdict: RegisteredVerdict;
  /** One sentence. */
  readonly reason: string;
}

export interface IdentityMatches {
  /** In the order of the identities. */
  readonly local: readonly LocalMatch[];
  /** In the order of the registered keys. */
  readonly registered: readonly RegisteredMatch[];
}

/** Compares local identities with registered keys, by equality of their blobs; a certificate counts as its base key. */
export function matchIdentities(
  identities: readonly Identity[],
  registered: readonly RegisteredKey[],
): IdentityMatches {
  const local = identities.map((identity) => matchLocal(identity, registered));
  return { local, registered: registered.map((key) => matchRegistered(key, local)) };
}

function matchLocal(identity: Identity, registered: readonly RegisteredKey[]): LocalMatch {
  const match = registered.find((key) => isSameKey(identity.publicKey, key.publicKey));
  const judgement = judgeIdentity(identity, match?.name);
  return { identity, ...judgement, ...(match === undefined ? {} : { registeredAs: match.name }) };
}

/** From the best to have to the worst. */
const RANKED: readonly (readonly [LocalVerdict, RegisteredVerdict])[] = [
  ['usable', 'available'],
  ['needs-passphrase', 'needs-passphrase'],
  ['not-in-process', 'not-in-process'],
  ['unusable', 'unusable'],
  ['no-private-half', 'no-private-half-here'],
];

function matchRegistered(key: RegisteredKey, local: readonly LocalMatch[]): RegisteredMatch {
  if (key.publicKey === undefined) {
    return { key, verdict: 'unparsable', reason: `What is registered as "${key.name}" is not an SSH public key.` };
  }
  const matches = local.filter(({ identity }) => isSameKey(identity.publicKey, key.publicKey));
  for (const [localVerdict, verdict] of RANKED) {
    const best = matches.find((match) => match.verdict === localVerdict);
    if (best !== undefined) return { key, verdict, reason: best.reason };
  }
  const sealed = local.flatMap(({ identity, verdict }) =>
    verdict === 'unknown-until-passphrase' ? [identity.path] : [],
  );
  const unless = sealed.length === 0 ? '' : `, unless it is in ${sealed.join(' or ')}, which is encrypted as a whole`;
  return { key, verdict: 'no-private-half-here', reason: `No key found on this machine is "${key.name}"${unless}.` };
}

function isSameKey(one: PublicKey | undefined, other: PublicKey | undefined): boolean {
  return one !== undefined && other !== undefined && plainBlob(one).equals(plainBlob(other));
}

function plainBlob({ blob }: PublicKey): Buffer {
  return certificateBaseKey(blob)?.blob ?? blob;
}
