import type { AccountServiceServer } from '../gen/gitpod/helper/v1/account_service.ts';
import { serverStream, unary } from './handle.ts';
import { notImplemented } from './notImplemented.ts';

/** Serves AccountService. */
export function accountService(): AccountServiceServer {
  return {
    signIn: serverStream(notImplemented('AccountService.SignIn')),
    signOut: unary(notImplemented('AccountService.SignOut')),
    watchAccounts: serverStream(notImplemented('AccountService.WatchAccounts')),
  };
}
