import { expect, test } from 'vitest';
import { ConnectClient } from '../../../helper/account/publicApi/connectClient.ts';
import { Secret } from '../../../helper/platform/secret.ts';
import { EmbeddedGitpod } from '../../embedded-gitpod/embeddedGitpod.ts';
import { networkTo } from '../../support/networkTo.ts';

test('a stream that is refused gives its connection back', async () => {
  await using gitpod = await EmbeddedGitpod.start();
  using network = networkTo(gitpod);
  const client = new ConnectClient(gitpod.origin.replace('//', '//api.'), network);
  const { signal } = new AbortController();
  const method = 'gitpod.v1.WorkspaceService/WatchWorkspaceStatus';
  const stream = client.stream(method, {}, new Secret('0'.repeat(60)), signal);
  await expect(stream.next()).rejects.toMatchObject({ code: 'unauthenticated' });
  const { sockets } = await network.agent();
  await expect.poll(() => Object.values(sockets).flat().length, { timeout: 5_000 }).toBe(0);
});
