import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resolveHostConfig } from '../../../helper/ssh/config/hostConfig.ts';
import { gatherIdentities } from '../../../helper/ssh/identities/gatherIdentities.ts';
import type { Identity } from '../../../helper/ssh/identities/identity.ts';
import { fingerprintSha256 } from '../../../helper/ssh/identities/publicKey.ts';
import { type AttemptedKey, attemptedKeys, attemptLogin } from '../../support/ssh/attemptedKeys.ts';
import { scratchAgent } from '../../support/ssh/scratchAgent.ts';
import { type ScratchHome, scratchHome } from '../../support/ssh/scratchHome.ts';
import { makeSecurityKey } from '../../support/ssh/securityKey.ts';
import { certify, makeKey } from '../../support/ssh/sshTools.ts';

/** Gives what the helper finds and what `ssh -v` says it will attempt, for one configuration with absolute paths. */
async function bothOrders(home: ScratchHome, config: string, agentPath?: string) {
  home.write('.ssh/config', config);
  const environment = home.environment(agentPath);
  const signal = new AbortController().signal;
  const hostConfig = await resolveHostConfig({ host: 'oracle' }, environment, { signal });
  const { identities } = await gatherIdentities(hostConfig, environment, { signal });
  const { log } = await attemptLogin(home, config, agentPath === undefined ? {} : { agentPath });
  return { ours: identities.flatMap(asAttempted), openSsh: attemptedKeys(log) };
}

function asAttempted({ publicKey, agentPath, signing }: Identity): readonly AttemptedKey[] {
  if (publicKey === undefined || signing.kind === 'disabled') return [];
  return [
    {
      fingerprint: fingerprintSha256(publicKey.blob),
      isCertificate: publicKey.type.includes('-cert-'),
      fromAgent: agentPath !== undefined,
    },
  ];
}

async function expectSameOrder(count: number, home: ScratchHome, config: readonly string[], agentPath?: string) {
  const { ours, openSsh } = await bothOrders(home, `${config.join('\n')}\n`, agentPath);
  expect(openSsh).toHaveLength(count);
  expect(ours).toEqual(openSsh);
}

describe('the order is that of `ssh -v`', () => {
  test('agent [rsa, certified, ed25519] and another file', async () => {
    await using home = scratchHome();
    const rsa = await makeKey(home.at('rsa'), { type: 'rsa' });
    const certified = await makeKey(home.at('certified'), { type: 'ecdsa' });
    const ed = await makeKey(home.at('ed'), { type: 'ed25519' });
    await certify(ed, certified);
    const file = await makeKey(home.at('file'), { type: 'ecdsa' });
    await using agent = await scratchAgent(rsa, certified, ed);
    await expectSameOrder(5, home, [`IdentityFile ${file}`], agent.path);
  });

  test('agent keys that files name come first, in the order of the agent', async () => {
    await using home = scratchHome();
    const [one, two, three] = await Promise.all(
      ['one', 'two', 'three'].map((name) => makeKey(home.at(name), { type: 'ed25519' })),
    );
    if (one === undefined || two === undefined || three === undefined) throw new Error('no keys');
    await using agent = await scratchAgent(one, two, three);
    await expectSameOrder(3, home, [`IdentityFile ${three}`, `IdentityFile ${two}`], agent.path);
  });

  test('IdentitiesOnly hides what no file names', async () => {
    await using home = scratchHome();
    const named = await makeKey(home.at('named'), { type: 'ed25519' });
    const other = await makeKey(home.at('other'), { type: 'ed25519' });
    await using agent = await scratchAgent(other, named);
    await expectSameOrder(1, home, [`IdentityFile ${named}`, 'IdentitiesOnly yes'], agent.path);
  });

  test.each(['k', 'k.pub'])('IdentityFile %s with nothing but k.pub on disk', async (name) => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), { type: 'ed25519' });
    await using agent = await scratchAgent(key);
    rmSync(key);
    await expectSameOrder(1, home, [`IdentityFile ${home.at(name)}`, 'IdentitiesOnly yes'], agent.path);
  });

  test('a certificate beside a key follows it', async () => {
    await using home = scratchHome();
    const authority = await makeKey(home.at('ca'), { type: 'ed25519' });
    const one = await makeKey(home.at('one'), { type: 'ed25519' });
    const two = await makeKey(home.at('two'), { type: 'rsa' });
    await certify(authority, one);
    await certify(authority, two);
    await expectSameOrder(4, home, [`IdentityFile ${one}`, `IdentityFile ${two}`]);
  });

  test('a named certificate comes first, and then none is looked for beside the keys', async () => {
    await using home = scratchHome();
    const authority = await makeKey(home.at('ca'), { type: 'ed25519' });
    const key = await makeKey(home.at('key'), { type: 'ed25519' });
    const other = await makeKey(home.at('other'), { type: 'ed25519' });
    await certify(authority, other);
    const certificate = await certify(authority, key);
    await using agent = await scratchAgent(other);
    const config = [`IdentityFile ${key}`, `IdentityFile ${other}`, `CertificateFile ${certificate}`];
    await expectSameOrder(4, home, config, agent.path);
  });

  test('a key whose public half OpenSSH cannot see is not taken for the one in the agent', async () => {
    await using home = scratchHome();
    const pem = await makeKey(home.at('pem'), { type: 'rsa', format: 'PEM', withoutPub: true });
    const file = await makeKey(home.at('file'), { type: 'ed25519' });
    await using agent = await scratchAgent(pem, file);
    const { ours, openSsh } = await bothOrders(home, `IdentityFile ${pem}\nIdentityFile ${file}\n`, agent.path);
    expect(openSsh.map(({ fromAgent }) => fromAgent)).toEqual([true, true]);
    expect(ours.slice(0, 2)).toEqual(openSsh);
    expect(ours[2]).toEqual({ ...openSsh[1], fromAgent: false });
  });

  test('encrypted without .pub, security key and PKCS#8 with .pub', async () => {
    await using home = scratchHome();
    const encrypted = await makeKey(home.at('encrypted'), { type: 'ed25519', passphrase: 'secret', withoutPub: true });
    const securityKey = makeSecurityKey(home.at('sk'), 'sk-ssh-ed25519@openssh.com');
    const pkcs8 = await makeKey(home.at('pkcs8'), { type: 'rsa', format: 'PKCS8' });
    await expectSameOrder(
      3,
      home,
      [encrypted, securityKey, pkcs8].map((path) => `IdentityFile ${path}`),
    );
  });

  test('IdentityFile none leaves the agent', async () => {
    await using home = scratchHome();
    await using agent = await scratchAgent(await makeKey(home.at('k'), { type: 'ed25519' }));
    await expectSameOrder(1, home, ['IdentityFile none'], agent.path);
  });

  test('IdentityAgent none leaves the files', async () => {
    await using home = scratchHome();
    const file = await makeKey(home.at('file'), { type: 'ed25519' });
    await using agent = await scratchAgent(await makeKey(home.at('k'), { type: 'ed25519' }));
    await expectSameOrder(1, home, ['IdentityAgent none', `IdentityFile ${file}`], agent.path);
  });

  test('types that PubkeyAcceptedAlgorithms leaves out are not attempted', async () => {
    await using home = scratchHome();
    const dsa = await makeKey(home.at('dsa'), { type: 'dsa' });
    const rsa = await makeKey(home.at('rsa'), { type: 'rsa' });
    const ed = await makeKey(home.at('ed'), { type: 'ed25519' });
    const config = [dsa, rsa, ed].map((path) => `IdentityFile ${path}`);
    await expectSameOrder(2, home, config);
  });
});

describe('the private half OpenSSH signs with', () => {
  test.each([
    ['PKCS#8', 'PKCS8', true],
    ['PEM', 'PEM', true],
    ['openssh-key-v1', undefined, true],
  ] as const)('%s without .pub logs in', async (_name, format, loggedIn) => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), { type: 'rsa', ...(format === undefined ? {} : { format }) });
    const authorized = readFileSync(`${key}.pub`, 'utf8');
    rmSync(`${key}.pub`);
    expect(await attemptLogin(home, `IdentityFile ${key}`, { authorized })).toMatchObject({ loggedIn });
  });

  test('IdentityFile k.pub does not make OpenSSH read k', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), { type: 'ed25519' });
    const authorized = readFileSync(`${key}.pub`, 'utf8');
    expect(await attemptLogin(home, `IdentityFile ${key}.pub`, { authorized })).toMatchObject({ loggedIn: false });
  });

  test('a .pub of another key makes OpenSSH refuse the pair', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), { type: 'ed25519' });
    const authorized = readFileSync(`${key}.pub`, 'utf8');
    copyFileSync(`${await makeKey(home.at('other'), { type: 'ed25519' })}.pub`, `${key}.pub`);
    expect(await attemptLogin(home, `IdentityFile ${key}`, { authorized })).toMatchObject({ loggedIn: false });
  });
});
