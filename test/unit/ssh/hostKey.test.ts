import { describe, expect, test } from 'vitest';
import { SshKeyFormatError } from '../../../helper/ssh/errors.ts';
import { parseHostKey, verifyHostKey } from '../../../helper/ssh/hostkeys/hostKey.ts';
import { fingerprintSha256 } from '../../../helper/ssh/identities/publicKey.ts';
import { ed25519Blob, rsaBlob } from './keys.ts';

const ours = ed25519Blob(1);
const rsa = rsaBlob(2048);

describe('verifyHostKey', () => {
  test('accepts any of the trusted keys', () => {
    const trusted = [
      parseHostKey('ssh-rsa', rsa.toString('base64')),
      parseHostKey('ssh-ed25519', ours.toString('base64')),
    ];
    expect(verifyHostKey(Buffer.from(ours), trusted)).toEqual({ ok: true });
  });

  test('refuses another key, with all fingerprints', () => {
    const offered = ed25519Blob(2);
    expect(verifyHostKey(offered, [{ type: 'ssh-ed25519', blob: ours }])).toEqual({
      ok: false,
      offeredFingerprint: fingerprintSha256(offered),
      trustedFingerprints: [fingerprintSha256(ours)],
    });
  });

  test.each([
    ['the beginning of a trusted key', ours.subarray(0, -1)],
    ['a trusted key and more', Buffer.concat([ours, Buffer.of(0)])],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_what, offered) => {
    expect(verifyHostKey(offered, [{ type: 'ssh-ed25519', blob: ours }])).toMatchObject({ ok: false });
  });

  test('refuses everything when nothing is trusted', () => {
    expect(verifyHostKey(ours, [])).toMatchObject({ ok: false, trustedFingerprints: [] });
  });
});

describe('parseHostKey', () => {
  test('gives type and blob', () => {
    expect(parseHostKey('ssh-rsa', rsa.toString('base64'))).toEqual({ type: 'ssh-rsa', blob: rsa });
  });

  test.each([
    ['a type that is not the blob’s', 'ssh-rsa', ours.toString('base64')],
    ['what is not base64', 'ssh-ed25519', 'AAAA!'],
    ['an empty text', 'ssh-ed25519', ''],
    ['a malformed key', 'ssh-ed25519', ours.subarray(0, -1).toString('base64')],
  ])('refuses %s', (_what, type, base64) => {
    expect(() => parseHostKey(type, base64)).toThrow(SshKeyFormatError);
  });
});
