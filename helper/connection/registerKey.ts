import type { ControlPlane } from '../account/controlPlane.ts';
import type { Installation } from '../account/installation.ts';
import { retryAfterMs } from '../account/retryAfter.ts';
import { Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import { pause } from '../platform/deadline.ts';
import type { LocalMatch, RegisteredMatch } from '../ssh/identities/matchIdentities.ts';
import { certificateBaseKey, fingerprintSha256, type PublicKey } from '../ssh/identities/publicKey.ts';
import type { Core } from './core.ts';
import type { KeyReport } from './keyReport.ts';
import { listKeys } from './listKeys.ts';

/** What a person does to register a key that the helper may not register. */
export interface ManualRegistration {
  /** The page to open. */
  readonly url: string;
  /** The public key's line, to be pasted there. */
  readonly publicKeyLine: string;
}

const firstPauseMs = 2_000;
const longestPauseMs = 10_000;
const longestNameLength = 255;

/**
 * Registers a local key with the account: by itself where the token may, else by telling what to do and waiting until
 * the key is there. Needing the user's help is a pause, not a failure.
 *
 * @param fingerprint of the local key, `SHA256:…`.
 * @param name what to call it; '' for its comment.
 * @param onManual told when the user has to do it.
 * @returns the registered key as it then is.
 * @throws Failure KEY_NOT_FOUND, KEY_REGISTRATION_REFUSED and those of the control plane; or the signal's reason.
 */
export async function registerKey(
  core: Core,
  installation: Installation,
  fingerprint: string,
  name: string,
  onManual: (manual: ManualRegistration) => void,
  signal: AbortSignal,
): Promise<RegisteredMatch> {
  const report = await listKeys(core, installation, '', signal);
  // That the key has come could never be seen.
  if (report.registeredFailure !== undefined) throw report.registeredFailure;
  const there = registeredAs(report, fingerprint);
  if (there !== undefined) return there;
  const key = findLocalKey(report, fingerprint);
  if (key === undefined) throw failure('KEY_NOT_FOUND', { fingerprint });
  const line = `${key.type} ${key.blob.toString('base64')}`;
  const label = (name || key.comment || 'gitpod-helper').slice(0, longestNameLength);
  const registered = await tryToRegister(core.context.accounts.controlPlane(installation), label, line, signal);
  if (!registered) onManual({ url: `${installation.origin}/keys`, publicKeyLine: `${line} ${label}` });
  return waitUntilRegistered(core, installation, fingerprint, signal);
}

/** @returns false when the token may not register keys, as those of a sign-in may not (gitpod-wire §1.2). */
async function tryToRegister(
  controlPlane: ControlPlane,
  name: string,
  line: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await controlPlane.addPublicKey(name, line, signal);
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'SCOPE_MISSING') throw error;
    log.info('keys.token_may_not_register');
    return false;
  }
}

async function waitUntilRegistered(
  core: Core,
  installation: Installation,
  fingerprint: string,
  signal: AbortSignal,
): Promise<RegisteredMatch> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const found = await lookUp(core, installation, fingerprint, signal);
    if (found !== undefined && !(found instanceof Failure)) return found;
    await pause(Math.max(pauseMs, retryAfterMs(found)), signal);
  }
}

/** @returns undefined while it is not there; why that cannot be told just now. @throws Failure when that will not pass by itself. */
async function lookUp(
  core: Core,
  installation: Installation,
  fingerprint: string,
  signal: AbortSignal,
): Promise<RegisteredMatch | Failure | undefined> {
  try {
    const report = await listKeys(core, installation, '', signal);
    if (report.registeredFailure !== undefined) throw report.registeredFailure;
    return registeredAs(report, fingerprint);
  } catch (error) {
    if (!(error instanceof Failure && error.retryable) || error.code === 'SHUTTING_DOWN') throw error;
    log.info('keys.not_looked_up', { code: error.code, cause: error.cause });
    return error;
  }
}

/** A certificate cannot be registered, its base key can. */
function findLocalKey({ matches }: KeyReport, fingerprint: string): PublicKey | undefined {
  const withFingerprint = ({ identity }: LocalMatch) =>
    identity.publicKey !== undefined && fingerprintSha256(identity.publicKey.blob) === fingerprint;
  const key = matches.local.find(withFingerprint)?.identity.publicKey;
  if (key === undefined) return undefined;
  const base = certificateBaseKey(key.blob);
  return base === undefined ? key : { ...base, comment: key.comment };
}

function registeredAs({ matches }: KeyReport, fingerprint: string): RegisteredMatch | undefined {
  return matches.registered.find(
    ({ key }) => key.publicKey !== undefined && fingerprintSha256(key.publicKey.blob) === fingerprint,
  );
}
