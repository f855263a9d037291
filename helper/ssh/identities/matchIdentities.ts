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

/** The verdict on an identity of this machine. */
export interface LocalMatch {
  readonly identity: Identity;
  readonly verdict: LocalVerdict;
  /** The name of the registered key that it is. */
  readonly registeredAs?: string;
  /** One sentence, with the remedy where there is one. */
  readonly reason: string;
}

/** Whether this machine can sign with a registered key; the verdict on the best identity that is this key. */
export type RegisteredVerdict =
  | 'available'
  | 'needs-passphrase'
  | 'not-in-process'
  | 'unusable'
  | 'no-private-half-here'
  | 'unparsable';

/** The verdict on a registered key. */
export interface RegisteredMatch {
  readonly key: RegisteredKey;
  readonly verdict: RegisteredVerdict;
  /** One sentence. */
  readonly reason: string;
}

/** A verdict on every identity of this machine and on every registered key. */
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
  const firstOfBlob = new Map<string, RegisteredKey>();
  for (const key of registered) {
    const blob = plainBlob(key.publicKey);
    if (blob !== undefined && !firstOfBlob.has(blob)) firstOfBlob.set(blob, key);
  }
  const local = identities.map((identity) => matchLocal(identity, firstOfBlob));
  const localOfBlob = Map.groupBy(local, ({ identity }) => plainBlob(identity.publicKey));
  return {
    local,
    registered: registered.map((key) => matchRegistered(key, local, localOfBlob.get(plainBlob(key.publicKey)) ?? [])),
  };
}

function matchLocal(identity: Identity, firstOfBlob: ReadonlyMap<string, RegisteredKey>): LocalMatch {
  const blob = plainBlob(identity.publicKey);
  const match = blob === undefined ? undefined : firstOfBlob.get(blob);
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

function matchRegistered(
  key: RegisteredKey,
  local: readonly LocalMatch[],
  matches: readonly LocalMatch[],
): RegisteredMatch {
  if (key.publicKey === undefined) {
    return { key, verdict: 'unparsable', reason: `What is registered as "${key.name}" is not an SSH public key.` };
  }
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

/** The blob in a form that a map compares by value; undefined for what is no public key. */
function plainBlob(publicKey: PublicKey | undefined): string | undefined {
  if (publicKey === undefined) return undefined;
  return (certificateBaseKey(publicKey.blob)?.blob ?? publicKey.blob).toString('base64');
}
