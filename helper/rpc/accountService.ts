import type { AccountSnapshot, AccountState } from '../account/account.ts';
import { parseInstallation } from '../account/installation.ts';
import { Failure } from '../failures.ts';
import {
  type Account as AccountMessage,
  type AccountServiceServer,
  AccountState as AccountStateMessage,
  type SignInRequest,
  type SignInResponse,
  type SignOutRequest,
  type WatchAccountsResponse,
} from '../gen/gitpod/helper/v1/account_service.ts';
import { failureMessage } from './failureMessage.ts';
import { serverStream, unary } from './handle.ts';
import type { Session } from './session.ts';

/** Serves AccountService. */
export function accountService(session: Session): AccountServiceServer {
  return {
    signIn: serverStream(async ({ host }: SignInRequest, send: (response: SignInResponse) => void, signal) => {
      const { accounts } = session.core.context;
      const installation = parseInstallation(host);
      try {
        const { account, token } = await accounts.signIn(
          installation,
          ({ url, expiresAt }) => send({ event: { $case: 'openPage', value: { url, expiresAt } } }),
          signal,
        );
        send({ event: { $case: 'signedIn', value: { account: accountMessage(account), token: token.reveal() } } });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Failure)) throw error;
        send({ event: { $case: 'failed', value: failureMessage(error) } });
      }
    }),
    signOut: unary(async ({ host }: SignOutRequest) => {
      session.core.context.accounts.signOut(parseInstallation(host));
      return {};
    }),
    watchAccounts: serverStream(async (_request, send: (response: WatchAccountsResponse) => void, signal) => {
      const { accounts } = session.core.context;
      const tell = () => send({ accounts: accounts.snapshots().map(accountMessage) });
      tell();
      await accounts.watch(tell, signal);
    }),
  };
}

function accountMessage({ installation, state, user, scopes, failure }: AccountSnapshot): AccountMessage {
  return {
    host: installation.host,
    state: stateMessage(state),
    userId: user?.id ?? '',
    userName: user?.name ?? '',
    scopes: [...scopes],
    failure: failure === undefined ? undefined : failureMessage(failure),
  };
}

function stateMessage(state: AccountState): AccountStateMessage {
  switch (state) {
    case 'UNKNOWN':
      return AccountStateMessage.UNSPECIFIED;
    case 'SIGNED_OUT':
      return AccountStateMessage.SIGNED_OUT;
    case 'SIGNED_IN':
      return AccountStateMessage.SIGNED_IN;
    case 'EXPIRED':
      return AccountStateMessage.EXPIRED;
    case 'UNREACHABLE':
      return AccountStateMessage.UNREACHABLE;
  }
}
