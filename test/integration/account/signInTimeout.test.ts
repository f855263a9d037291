import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseInstallation } from '../../../helper/account/installation.ts';
import { type SignInPage, signInThroughBrowser } from '../../../helper/account/signIn/signInThroughBrowser.ts';
import type { Network } from '../../../helper/platform/network/network.ts';
import { EmbeddedGitpod } from '../../embedded-gitpod/embeddedGitpod.ts';
import { networkTo } from '../../support/networkTo.ts';
import { SignInPorts } from '../../support/signInPorts.ts';

let ports: SignInPorts;
let gitpod: EmbeddedGitpod;
let network: Network;

beforeEach(async () => {
  ports = await SignInPorts.own();
  gitpod = await EmbeddedGitpod.start();
  network = networkTo(gitpod);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  network[Symbol.dispose]();
  await gitpod[Symbol.asyncDispose]();
  await ports[Symbol.asyncDispose]();
});

test('a browser that was closed ends the sign-in after five minutes, with a remedy, and frees the port', async () => {
  const page = Promise.withResolvers<SignInPage>();
  const { signal } = new AbortController();
  const signingIn = signInThroughBrowser(parseInstallation(gitpod.host), network, page.resolve, signal);
  signingIn.catch(() => undefined);
  await page.promise;
  expect(await ports.taken()).toEqual([63_110]);
  vi.advanceTimersByTime(300_000);
  await expect(signingIn).rejects.toMatchObject({
    code: 'SIGN_IN_TIMED_OUT',
    message: `The browser did not come back from the sign-in to ${gitpod.host} within 300 s.`,
    remedies: [{ text: 'Sign in again and finish it in the browser' }],
  });
  expect(await ports.taken()).toEqual([]);
});
