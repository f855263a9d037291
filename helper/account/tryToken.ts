import type { Network } from '../platform/network/network.ts';
import type { Secret } from '../platform/secret.ts';
import { Account } from './account.ts';
import { type AccountDetails, askAboutAccount } from './askAboutAccount.ts';
import type { Installation } from './installation.ts';
import { openControlPlane } from './openControlPlane.ts';

/**
 * Tries a token on a connection of its own, before it takes the place of another one.
 *
 * @throws Failure SIGN_IN_REQUIRED when it is refused, USER_BLOCKED, HOST_…, or the signal's reason.
 */
export async function tryToken(
  installation: Installation,
  token: Secret,
  network: Network,
  signal: AbortSignal,
): Promise<AccountDetails> {
  const nobody = () => undefined;
  const account = new Account(installation, { canSignIn: () => false, onChange: nobody, onConnectionLost: nobody });
  account.setToken(token);
  await using controlPlane = openControlPlane(account, network);
  return await askAboutAccount(controlPlane, signal);
}
