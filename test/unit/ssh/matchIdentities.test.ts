import { describe, expect, test } from 'vitest';
import type { Identity, Signing } from '../../../helper/ssh/identities/identity.ts';
import { matchIdentities, type RegisteredKey } from '../../../helper/ssh/identities/matchIdentities.ts';
import { type PublicKey, parsePublicKeyLine } from '../../../helper/ssh/identities/publicKey.ts';
import { sshString } from '../../../helper/ssh/identities/sshWire.ts';
import { ed25519Blob, ed25519CertificateBlob, rsaBlob } from './keys.ts';

const work: PublicKey = { type: 'ssh-ed25519', blob: ed25519Blob(), comment: 'me@work' };

function registered(publicKey: PublicKey | undefined, name = 'work'): RegisteredKey {
  return { name, publicKey, text: 'as registered' };
}

function fileWith(signing: Signing, publicKey: PublicKey | undefined = work): Identity {
  return { source: 'config-file', path: '/home/me/.ssh/k', publicKey, signing };
}

describe('one registered key and what is here of it', () => {
  test.each<[Signing, string, string, RegExp]>([
    [{ kind: 'agent' }, 'usable', 'available', /the agent signs/],
    [{ kind: 'file' }, 'usable', 'available', /needs no passphrase/],
    [{ kind: 'passphrase' }, 'needs-passphrase', 'needs-passphrase', /`ssh-add \/home\/me\/\.ssh\/k`/],
    [{ kind: 'touch' }, 'not-in-process', 'not-in-process', /security key/],
    [{ kind: 'absent' }, 'no-private-half', 'no-private-half-here', /only its public half/],
    [
      { kind: 'disabled', reason: 'PubkeyAuthentication is no' },
      'unusable',
      'unusable',
      /PubkeyAuthentication is no\.$/,
    ],
    [{ kind: 'unsupported', reason: 'the file is damaged' }, 'unusable', 'unusable', /the file is damaged\.$/],
  ])('%j', (signing, localVerdict, registeredVerdict, reason) => {
    const { local, registered: known } = matchIdentities([fileWith(signing)], [registered(work)]);
    expect(local).toMatchObject([
      { verdict: localVerdict, registeredAs: 'work', reason: expect.stringMatching(reason) },
    ]);
    expect(known).toMatchObject([{ verdict: registeredVerdict, reason: expect.stringMatching(reason) }]);
  });
});

describe('what equal means', () => {
  test('comment, options and padding do not count', () => {
    const base64 = rsaBlob(2048).toString('base64');
    const one = parsePublicKeyLine(`ssh-rsa ${base64} here`);
    const other = parsePublicKeyLine(`no-pty ssh-rsa ${base64.replace(/=+$/, '')} there`);
    expect(matchIdentities([fileWith({ kind: 'file' }, one)], [registered(other)]).local).toMatchObject([
      { verdict: 'usable' },
    ]);
  });

  test('a certificate is its base key, but not for use in process', () => {
    const certificate = { type: 'ssh-ed25519-cert-v01@openssh.com', blob: ed25519CertificateBlob(), comment: '' };
    const identity = fileWith(
      { kind: 'unsupported', reason: 'it is a certificate, which only `ssh` itself can use' },
      certificate,
    );
    const { local, registered: known } = matchIdentities([identity], [registered(work)]);
    expect(local).toMatchObject([
      { verdict: 'not-in-process', registeredAs: 'work', reason: expect.stringContaining('certificate') },
    ]);
    expect(known).toMatchObject([{ verdict: 'not-in-process' }]);
  });

  test('security keys by their blob', () => {
    const type = 'sk-ssh-ed25519@openssh.com';
    const blob = Buffer.concat([sshString(type), sshString(Buffer.alloc(32)), sshString('ssh:')]);
    const key = { type, blob, comment: '' };
    expect(matchIdentities([fileWith({ kind: 'touch' }, key)], [registered(key)]).local).toMatchObject([
      { verdict: 'not-in-process' },
    ]);
  });
});

describe('no match', () => {
  test('a local key that is not registered', () => {
    const other = { ...work, blob: ed25519Blob(9) };
    const { local, registered: known } = matchIdentities([fileWith({ kind: 'file' }, other)], [registered(work)]);
    expect(local).toEqual([
      {
        identity: fileWith({ kind: 'file' }, other),
        verdict: 'not-registered',
        reason: '/home/me/.ssh/k is not registered with the account.',
      },
    ]);
    expect(known).toMatchObject([
      { verdict: 'no-private-half-here', reason: 'No key found on this machine is "work".' },
    ]);
  });

  test('a file that keeps its key secret might be any', () => {
    const sealed = {
      source: 'config-file',
      path: "/my keys/o'k",
      publicKey: undefined,
      signing: { kind: 'passphrase' },
    } as const;
    const { local, registered: known } = matchIdentities([sealed], [registered(work)]);
    expect(local).toMatchObject([
      { verdict: 'unknown-until-passphrase', reason: expect.stringContaining("`ssh-add '/my keys/o'\\''k'`") },
    ]);
    expect(known).toMatchObject([
      { verdict: 'no-private-half-here', reason: expect.stringContaining("unless it is in /my keys/o'k") },
    ]);
  });

  test('a file without a key says why', () => {
    const missing = { ...fileWith({ kind: 'absent' }), publicKey: undefined, note: '/home/me/.ssh/k does not exist.' };
    expect(matchIdentities([missing], []).local).toMatchObject([
      { verdict: 'unusable', reason: '/home/me/.ssh/k does not exist.' },
    ]);
  });

  test('a registered text that is no key', () => {
    expect(matchIdentities([fileWith({ kind: 'file' })], [registered(undefined)]).registered).toMatchObject([
      { verdict: 'unparsable', reason: expect.stringContaining('"work"') },
    ]);
  });
});

test.each([
  [2047, 'unusable', 'unusable'],
  [2048, 'usable', 'available'],
])('an RSA key of %i bits is %s', (bits, localVerdict, registeredVerdict) => {
  const key = { type: 'ssh-rsa', blob: rsaBlob(bits), comment: '' };
  const { local, registered: known } = matchIdentities([fileWith({ kind: 'agent' }, key)], [registered(key)]);
  expect(local).toMatchObject([{ verdict: localVerdict }]);
  expect(known).toMatchObject([{ verdict: registeredVerdict }]);
});

const xmss = Buffer.concat([sshString('ssh-xmss@openssh.com'), sshString('XMSS_SHA2-256_W16_H10'), sshString('pk')]);
const dsa = Buffer.concat(['ssh-dss', '\x7f', '\x7f', '\x7f', '\x7f'].map((field) => sshString(field)));

test.each([
  ['RSA of 1024 bits', 'ssh-rsa', rsaBlob(1024), /below 2048 bits, and this has 1024/],
  ['DSA', 'ssh-dss', dsa, /DSA keys are retired/],
  ['XMSS', 'ssh-xmss@openssh.com', xmss, /XMSS keys were an experiment/],
])('%s does not serve, and registering it would not help', (_name, type, blob, reason) => {
  const key = { type, blob, comment: '' };
  const identity = fileWith({ kind: 'file' }, key);
  const expected = { verdict: 'unusable', reason: expect.stringMatching(reason) };
  const { local } = matchIdentities([identity], []);
  expect(local).toMatchObject([expected]);
  expect(local[0]?.reason).toContain('is not registered with the account, which would not help: ');
  expect(matchIdentities([identity], [registered(key)])).toMatchObject({ local: [expected], registered: [expected] });
});

test('of several identities with one key the best speaks for it', () => {
  const inAgent = { source: 'agent', agentPath: '/agent', publicKey: work, signing: { kind: 'agent' } } as const;
  const { local, registered: known } = matchIdentities(
    [fileWith({ kind: 'absent' }), fileWith({ kind: 'passphrase' }), inAgent],
    [registered(work)],
  );
  expect(local.map(({ verdict }) => verdict)).toEqual(['no-private-half', 'needs-passphrase', 'usable']);
  expect(known).toMatchObject([{ verdict: 'available', reason: expect.stringContaining('"me@work" in the agent') }]);
});
