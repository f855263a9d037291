import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SshKeyFormatError } from '../../../helper/ssh/errors.ts';
import {
  certificateBaseKey,
  fingerprintSha256,
  keyBits,
  parsePublicKeyLine,
} from '../../../helper/ssh/identities/publicKey.ts';
import { sshString } from '../../../helper/ssh/identities/sshWire.ts';
import { ed25519Blob, ed25519CertificateBlob, keyBlobs, rsaBlob } from './keys.ts';

const ed25519Line = `ssh-ed25519 ${ed25519Blob().toString('base64')}`;

describe('a public key line', () => {
  test('of any key is read back, with any comment', () => {
    fc.assert(
      fc.property(keyBlobs, fc.stringMatching(/^[^\r\n]*$/), ({ type, blob }, comment) => {
        const line = `${type} ${blob.toString('base64')} ${comment}`;
        expect(parsePublicKeyLine(line)).toEqual({ type, blob, comment: comment.trim() });
      }),
    );
  });

  test('may have options, quoted blanks and quotes in them', () => {
    const option = fc.oneof(
      fc.stringMatching(/^[a-z-]+$/),
      fc
        .tuple(fc.stringMatching(/^[a-z-]+$/), fc.stringMatching(/^[ -~]*$/))
        .map(([name, value]) => `${name}="${value.replaceAll('\\', '/').replaceAll('"', '\\"')}"`),
    );
    fc.assert(
      fc.property(fc.array(option, { minLength: 1 }), keyBlobs, (options, { type, blob }) => {
        const line = `${options.join(',')} ${type}\t${blob.toString('base64')} c`;
        expect(parsePublicKeyLine(line)).toEqual({ type, blob, comment: 'c' });
      }),
    );
  });

  test('may lack its padding', () => {
    const withoutPadding = `ssh-rsa ${rsaBlob(2048).toString('base64').replace(/=+$/, '')}`;
    expect(parsePublicKeyLine(withoutPadding).blob).toEqual(rsaBlob(2048));
  });

  test('any text is a key or the typed error', () => {
    const almost = fc.tuple(fc.nat({ max: ed25519Line.length }), fc.string()).map(([at, text]) => {
      return ed25519Line.slice(0, at) + text + ed25519Line.slice(at + text.length);
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), almost), (line) => {
        try {
          const { type, blob } = parsePublicKeyLine(line);
          expect(blob.subarray(4, 4 + type.length).toString('latin1')).toBe(type);
        } catch (error) {
          expect(error).toBeInstanceOf(SshKeyFormatError);
        }
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['a comment', `# ${ed25519Line}`],
    ['another type than the blob has', `ssh-rsa ${ed25519Blob().toString('base64')}`],
    ['bytes after the key', `ssh-ed25519 ${Buffer.concat([ed25519Blob(), Buffer.of(0)]).toString('base64')}`],
    ['a key cut short', `ssh-ed25519 ${ed25519Blob().subarray(0, -1).toString('base64')}`],
    ['no base64', 'ssh-ed25519 AAAA*'],
    ['a PGP block', '-----BEGIN PGP PUBLIC KEY BLOCK-----'],
    ['a curve that is not the type’s', nistLine('ecdsa-sha2-nistp256', 'nistp384', 97)],
    ['a compressed point', nistLine('ecdsa-sha2-nistp256', 'nistp256', 33)],
    ['an RSA modulus of zero', `ssh-rsa ${rsaBlob(0).toString('base64')}`],
  ])('%s is refused', (_what, line) => {
    expect(() => parsePublicKeyLine(line)).toThrow(SshKeyFormatError);
  });
});

describe('sizes', () => {
  test.each([1, 7, 8, 9, 1023, 1024, 2048, 4096])('of an RSA key of %i bits', (bits) => {
    expect(keyBits(rsaBlob(bits))).toBe(bits);
  });

  test('are not known of unknown types or garbage', () => {
    expect(keyBits(sshString('what@example.org'))).toBeUndefined();
    expect(keyBits(Buffer.from('garbage'))).toBeUndefined();
  });
});

describe('certificates', () => {
  test('have their base key and its fingerprint', () => {
    expect(certificateBaseKey(ed25519CertificateBlob())).toEqual({
      type: 'ssh-ed25519',
      blob: ed25519Blob(),
      comment: '',
    });
    expect(fingerprintSha256(ed25519CertificateBlob())).toBe(fingerprintSha256(ed25519Blob()));
  });

  test('of unknown types or garbage have none', () => {
    expect(certificateBaseKey(sshString('ssh-new-cert-v01@openssh.com'))).toBeUndefined();
    expect(certificateBaseKey(sshString('ssh-rsa-cert-v01@openssh.com'))).toBeUndefined();
    expect(certificateBaseKey(ed25519Blob())).toBeUndefined();
  });
});

function nistLine(type: string, curve: string, pointBytes: number): string {
  const blob = Buffer.concat([sshString(type), sshString(curve), sshString(Buffer.alloc(pointBytes, 4))]);
  return `${type} ${blob.toString('base64')}`;
}
