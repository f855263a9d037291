import { Failure } from '../failures.ts';
import type { ControlPlane } from './controlPlane.ts';
import type { UserRecord } from './records.ts';

/** What an installation tells about a credential. */
export interface AccountDetails {
  /** Absent when the credential does not permit to ask. */
  readonly user: UserRecord | undefined;
  /** Of a token from a sign-in; empty for a personal access token (gitpod-wire §2.4). */
  readonly scopes: readonly string[];
}

/** Asks who a credential belongs to and what it permits. @throws Failure as {@link ControlPlane}. */
export async function askAboutAccount(controlPlane: ControlPlane, signal: AbortSignal): Promise<AccountDetails> {
  const [user, scopes] = await Promise.all([
    controlPlane.getUser(signal).catch(unlessScopeMissing(undefined)),
    controlPlane.getTokenScopes(signal).catch(unlessScopeMissing([])),
  ]);
  return { user, scopes };
}

/** A token of few scopes is still a good one. */
function unlessScopeMissing<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Failure && error.code === 'SCOPE_MISSING') return otherwise;
    throw error;
  };
}
