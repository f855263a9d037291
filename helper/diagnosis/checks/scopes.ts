import { Failure } from '../../failures.ts';
import { type Check, failed, ok } from '../check.ts';
import type { Examination } from '../examination.ts';

/** What the token permits. Installations do not tell it of personal access tokens, so it is tried. */
export const scopes: Check = {
  id: 'scopes',
  area: 'Account',
  title: 'Scopes of the token',
  after: ['sign-in'],
  examine: async (examination, signal) => {
    const { core, installation, ref } = examination.subject;
    const controlPlane = core.context.accounts.controlPlane(installation);
    const missing = (
      await Promise.all([
        missingScope(controlPlane.listWorkspaces(1, signal)),
        ref === undefined ? undefined : missingScope(controlPlane.getOwnerToken(ref.workspaceId, signal)),
        missingScope(controlPlane.listPublicKeys(signal)),
      ])
    ).find((failure) => failure !== undefined);
    if (missing === undefined) return ok(`they suffice${await told(examination)}`);
    // Without the keys, the owner token still works.
    return failed(missing, missing.details['method'] === 'getSSHPublicKeys' ? 'warning' : 'problem');
  },
};

/** Other failures are other checks' business. */
async function missingScope(call: Promise<unknown>): Promise<Failure | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === 'SCOPE_MISSING' ? error : undefined;
  }
}

async function told({ subject }: Examination): Promise<string> {
  const { core, installation } = subject;
  const snapshot = core.context.accounts.snapshots().find((each) => each.installation.host === installation.host);
  return snapshot === undefined || snapshot.scopes.length === 0 ? '' : ` (${snapshot.scopes.length} are told)`;
}
