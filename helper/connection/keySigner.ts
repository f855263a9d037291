import { failure } from '../failures.ts';
import type { Secret } from '../platform/secret.ts';
import { agentSigner } from '../ssh/client/agentSigner.ts';
import { encryptedFileSigner, fileSigner, WrongPassphraseError } from '../ssh/client/fileSigner.ts';
import type { Signer } from '../ssh/client/signer.ts';
import type { Identity } from '../ssh/identities/identity.ts';
import type { PublicKey } from '../ssh/identities/publicKey.ts';

/** Asks the user for a secret by a title that says exactly what for; undefined when it is not given. */
export type AskSecret = (title: string) => Promise<Secret | undefined>;

/** As many tries as ssh(1) gives (NumberOfPasswordPrompts). */
const maxTries = 3;

/**
 * The signer of the identity that a plan chose.
 *
 * @param isOwnerToken tells what people take for a passphrase: the two are asked for in prompts that look alike.
 * @throws Failure KEY_NEEDS_PASSPHRASE when the user gives none, or only wrong ones.
 */
export async function keySigner(
  identity: Identity | undefined,
  ask: AskSecret,
  isOwnerToken: (secret: Secret) => Promise<boolean>,
): Promise<Signer> {
  const { publicKey, agentPath, path, signing } = identity ?? {};
  if (publicKey !== undefined && signing?.kind === 'agent' && agentPath !== undefined) {
    return agentSigner(agentPath, publicKey);
  }
  if (publicKey !== undefined && signing?.kind === 'file' && path !== undefined) return fileSigner(path, publicKey);
  if (publicKey !== undefined && signing?.kind === 'passphrase' && path !== undefined) {
    return unlock(path, publicKey, ask, isOwnerToken);
  }
  throw new Error('the plan chose an identity that cannot sign');
}

async function unlock(
  path: string,
  publicKey: PublicKey,
  ask: AskSecret,
  isOwnerToken: (secret: Secret) => Promise<boolean>,
): Promise<Signer> {
  const title = `Passphrase for the key ${path}`;
  let remark = '';
  for (let tries = 0; tries < maxTries; tries++) {
    const passphrase = await ask(`${remark}${title}`);
    if (passphrase === undefined) break;
    try {
      return await encryptedFileSigner(path, publicKey, passphrase);
    } catch (error) {
      if (!(error instanceof WrongPassphraseError)) throw error;
      remark = (await isOwnerToken(passphrase))
        ? 'That was the owner token of the workspace, which opens no key. '
        : 'That was not it. ';
    }
  }
  throw failure('KEY_NEEDS_PASSPHRASE', { path });
}
