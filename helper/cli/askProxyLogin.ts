import { networkFailure } from '../account/networkFailure.ts';
import type { Core } from '../connection/core.ts';
import { withProxyLogin } from '../connection/proxyLogin.ts';
import { askSecret } from './askSecret.ts';
import { type CommonOptions, installationOf } from './commonOptions.ts';

/**
 * On a terminal, where a proxy leads to the installation and no login for it is known: tries whether it demands one, and
 * asks. What follows then works, or fails with the proxy's own failure.
 */
export async function askProxyLogin(options: CommonOptions, core: Core, signal: AbortSignal): Promise<void> {
  const { network } = core.context;
  if (!process.stdin.isTTY || network.proxyLoginGap === undefined) return;
  const { host, origin } = installationOf(options);
  const { hostname, port } = new URL(origin);
  await withProxyLogin(
    network,
    (title) => askSecret(title, signal),
    async () => {
      try {
        await network.tryProxy(hostname, port === '' ? 443 : Number(port), signal);
      } catch (error) {
        signal.throwIfAborted();
        throw networkFailure(error, host);
      }
    },
  );
}
