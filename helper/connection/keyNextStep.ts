import type { Installation } from '../account/installation.ts';
import { fingerprintSha256 } from '../ssh/identities/publicKey.ts';
import type { KeyReport } from './keyReport.ts';

/** What to do so that a key works without asking; '' when one does already. One sentence or two. */
export function keyNextStep({ matches, registeredFailure }: KeyReport, installation: Installation): string {
  if (registeredFailure !== undefined) return '';
  const { local } = matches;
  if (local.some(({ verdict }) => verdict === 'usable')) return '';
  const locked = local.find(({ verdict }) => verdict === 'needs-passphrase');
  if (locked?.identity.path !== undefined) return `Give the key to your agent once: ssh-add ${locked.identity.path}`;
  const candidate = local.find(
    ({ verdict, identity }) =>
      verdict === 'not-registered' && (identity.signing.kind === 'agent' || identity.signing.kind === 'file'),
  );
  if (candidate?.identity.publicKey !== undefined) {
    const fingerprint = fingerprintSha256(candidate.identity.publicKey.blob);
    return `Register a key: gitpod-helper keys register ${fingerprint}, or add it at ${installation.origin}/keys`;
  }
  return `Make a key and register it: gitpod-helper keys create --register, or see ${installation.origin}/keys`;
}
