import { type Check, failed, ok } from '../check.ts';

/** Whether the credential works, and whose it is. */
export const signIn: Check = {
  id: 'sign-in',
  area: 'Account',
  title: 'Sign-in',
  after: ['tls'],
  examine: async ({ subject }, signal) => {
    const { core, installation, credentialFailure } = subject;
    if (credentialFailure !== undefined) return failed(credentialFailure);
    const { user } = await core.context.accounts.refresh(installation, signal);
    return ok(user === undefined || user.name === '' ? 'the token works' : `signed in as ${user.name}`);
  },
};
