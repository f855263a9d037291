/**
 * The SSH core beside bare OpenSSH and beside what Gitpod's VS Code extension does, in one interleaved run:
 * `node test/bench/sshCore.ts [ROUNDS]`.
 */
import { randomBytes } from 'node:crypto';
import { resolveHostConfig } from '../../helper/ssh/config/hostConfig.ts';
import { gatherIdentities } from '../../helper/ssh/identities/gatherIdentities.ts';
import type { Identity } from '../../helper/ssh/identities/identity.ts';
import { matchIdentities, type RegisteredKey } from '../../helper/ssh/identities/matchIdentities.ts';
import { publicKeyFromBlob } from '../../helper/ssh/identities/publicKey.ts';
import { sshString } from '../../helper/ssh/identities/sshWire.ts';
import { runTool } from '../support/ssh/sshTools.ts';
import { distribution, interleave } from './measure.ts';
import { computeBySshConfig, testConnection } from './ssh/extensionApproach.ts';
import { manyKeysAgent, manyKeysHome } from './ssh/manyKeysHome.ts';
import { serveGitpod } from './ssh/servedGitpod.ts';

const rounds = Number(process.argv[2] ?? 30);
const signal = new AbortController().signal;
const identityCount = 200;
const registeredCount = 50;

await using home = await manyKeysHome();
await using agent = await manyKeysAgent(home, identityCount / 2);
await using gitpod = await serveGitpod();
const environment = home.environment(agent.path);
const configFile = home.at('.ssh/config');
const many = await resolveHostConfig({ host: 'many' }, environment, { signal });
const identities = Array.from({ length: identityCount }, randomIdentity);
const registered = identities.filter((_, index) => index % (identityCount / registeredCount) === 0).map(asRegistered);

const variants = {
  'bare ssh -G': async () => {
    await runTool('ssh', ['-F', configFile, '-G', '--', 'host30'], { HOME: home.path });
  },
  resolveHostConfig: async () => {
    await resolveHostConfig({ host: 'host30' }, environment, { signal });
  },
  'resolveHostConfig without OpenSSH': async () => {
    await resolveHostConfig({ host: 'host30' }, { ...environment, sshPath: undefined }, { signal });
  },
  'gatherIdentities, 100 files and 100 in the agent': async () => {
    const gathered = await gatherIdentities(many, environment, { signal });
    expectCount(gathered.identities.length, identityCount);
  },
  'matchIdentities, 200 with 50': async () => {
    const { local } = matchIdentities(identities, registered);
    expectCount(local.filter(({ verdict }) => verdict === 'usable').length, registeredCount);
  },
  'all three': async () => {
    const config = await resolveHostConfig({ host: 'many' }, environment, { signal });
    const gathered = await gatherIdentities(config, environment, { signal });
    expectCount(matchIdentities(gathered.identities, registered).local.length, identityCount);
  },
  'extension: parse by ssh-config': async () => {
    computeBySshConfig(configFile, 'host10');
  },
  'extension: ssh2 test connection': () => testConnection(gitpod),
} as const;

const results = await interleave(timed(variants), { rounds, warmUps: 3 });
const base = distribution(results['bare ssh -G']);
for (const [name, values] of Object.entries(results)) {
  const { min, p50, p90 } = distribution(values);
  const times = `min ${min.toFixed(2)}  p50 ${p50.toFixed(2)}  p90 ${p90.toFixed(2)} ms`;
  console.log(`${name.padEnd(53)} ${times}  p50 ratio ${(p50 / base.p50).toFixed(2)}`);
}
const ours = distribution(results['all three']).p50;
const theirs =
  distribution(results['extension: parse by ssh-config']).p50 +
  distribution(results['extension: ssh2 test connection']).p50;
console.log(`all three against the extension's two, over loopback: ${(ours / theirs).toFixed(2)}`);

function timed<Name extends string>(
  work: Readonly<Record<Name, () => Promise<void>>>,
): Readonly<Record<Name, () => Promise<number>>> {
  const measured = Object.entries<() => Promise<void>>(work).map(([name, run]) => [
    name,
    async () => {
      const startedAt = performance.now();
      await run();
      return performance.now() - startedAt;
    },
  ]);
  return Object.fromEntries(measured);
}

function randomIdentity(): Identity {
  const publicKey = publicKeyFromBlob(Buffer.concat([sshString('ssh-ed25519'), sshString(randomBytes(32))]));
  return { source: 'agent', publicKey, signing: { kind: 'agent' } };
}

function asRegistered({ publicKey }: Identity, index: number): RegisteredKey {
  return { name: `key ${index}`, publicKey, text: '' };
}

function expectCount(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`measured the wrong thing: ${actual} instead of ${expected}`);
}
