import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchHostKeys, PublishedHostKeys } from '../../../helper/connection/hostKeys.ts';
import type { Network } from '../../../helper/platform/network/network.ts';
import { EmbeddedGitpod } from '../../embedded-gitpod/embeddedGitpod.ts';
import { networkTo } from '../../support/networkTo.ts';

let gitpod: EmbeddedGitpod;
let network: Network;
let origin: string;
beforeEach(async () => {
  gitpod = await EmbeddedGitpod.start();
  origin = new URL(gitpod.addWorkspace(gitpod.addUser({ name: 'ada' })).ideUrl).origin;
  network = networkTo(gitpod);
});
afterEach(async () => {
  network[Symbol.dispose]();
  await gitpod[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
const host = 'workspace.ssh.example';
const timesRead = () =>
  gitpod.events.filter((event) => event.kind === 'http' && event.path === '/_ssh/host_keys').length;

async function publishedBlobs(): Promise<Buffer[]> {
  return (await fetchHostKeys(origin, network, signal)).map(({ blob }) => blob);
}

describe('the host keys that are published', () => {
  test('are read once for a key that is among them', async () => {
    const keys = new PublishedHostKeys(origin, network, signal);
    expect(await keys.areNone()).toBe(false);
    const before = timesRead();
    for (const blob of await publishedBlobs()) await keys.requirePublished(host, blob);
    expect(timesRead()).toBe(before + 1); // that of the test
  });

  test('are read again for a key that has come since', async () => {
    const keys = new PublishedHostKeys(origin, network, signal);
    expect(await keys.areNone()).toBe(false);
    await gitpod.rotateHostKey();
    for (const blob of await publishedBlobs()) await keys.requirePublished(host, blob);
  });

  test('do not make any other key right, nor one that they had before', async () => {
    const [old = Buffer.alloc(0)] = await publishedBlobs();
    await gitpod.rotateHostKey();
    const keys = new PublishedHostKeys(origin, network, signal);
    for (const blob of [old, randomBytes(51)]) {
      await expect(keys.requirePublished(host, blob)).rejects.toMatchObject({ code: 'HOST_KEY_MISMATCH' });
    }
  });

  test('are said to be none where the installation gives none', async () => {
    gitpod.faults.hostKeysResponse = { status: 404, body: '' };
    const keys = new PublishedHostKeys(origin, network, signal);
    expect(await keys.areNone()).toBe(true);
    await expect(keys.requirePublished(host, randomBytes(51))).rejects.toMatchObject({ code: 'HOST_KEYS_UNAVAILABLE' });
  });
});
