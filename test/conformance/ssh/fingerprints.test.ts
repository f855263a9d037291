import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readPrivateKeyFile } from '../../../helper/ssh/identities/privateKeyFile.ts';
import {
  certificateBaseKey,
  fingerprintSha256,
  keyBits,
  parsePublicKeyLine,
} from '../../../helper/ssh/identities/publicKey.ts';
import { scratchHome } from '../../support/ssh/scratchHome.ts';
import { makeSecurityKey } from '../../support/ssh/securityKey.ts';
import { certify, type KeyOptions, keygenFingerprint, makeKey } from '../../support/ssh/sshTools.ts';

function readLine(path: string) {
  return parsePublicKeyLine(readFileSync(path, 'utf8'));
}

const keyKinds: readonly KeyOptions[] = [
  { type: 'rsa', bits: 1024 },
  { type: 'rsa', bits: 2048 },
  { type: 'ecdsa', bits: 256 },
  { type: 'ecdsa', bits: 384 },
  { type: 'ecdsa', bits: 521 },
  { type: 'ed25519' },
  { type: 'dsa' },
];

describe('public key files: fingerprint and size as ssh-keygen -l says', () => {
  test.each(keyKinds)('$type $bits, and its certificate', async (options) => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), options);
    const plain = readLine(`${key}.pub`);
    const oracle = await keygenFingerprint(`${key}.pub`);
    expect({ bits: keyBits(plain.blob), fingerprint: fingerprintSha256(plain.blob) }).toEqual(oracle);
    expect(plain.comment).toBe('test key');
    expect(certificateBaseKey(plain.blob)).toBeUndefined();

    const certificate = readLine(await certify(await makeKey(home.at('ca'), { type: 'ed25519' }), key));
    const certificateOracle = await keygenFingerprint(`${key}-cert.pub`);
    expect({ bits: keyBits(certificate.blob), fingerprint: fingerprintSha256(certificate.blob) }).toEqual(
      certificateOracle,
    );
    expect(certificateBaseKey(certificate.blob)).toEqual({ ...plain, comment: '' });
  });

  test.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'] as const)('%s', async (type) => {
    await using home = scratchHome();
    const key = makeSecurityKey(home.at('k'), type);
    const { blob } = readLine(`${key}.pub`);
    expect({ bits: keyBits(blob), fingerprint: fingerprintSha256(blob) }).toEqual(
      await keygenFingerprint(`${key}.pub`),
    );
    const certificate = readLine(await certify(await makeKey(home.at('ca'), { type: 'ed25519' }), key));
    expect(certificateBaseKey(certificate.blob)?.blob.equals(blob)).toBe(true);
  });
});

describe('private key files tell their public half', () => {
  const formats = [undefined, 'PEM', 'PKCS8'] as const;
  const cases = keyKinds.flatMap((kind) =>
    formats.map((format) => ({ ...kind, ...(format === undefined ? {} : { format }) })),
  );

  test.each(cases)('unencrypted: $type $bits $format', async (options) => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), options);
    const expected = readLine(`${key}.pub`);
    const read = await readPrivateKeyFile(key);
    expect(read).toMatchObject({ state: 'plain', publicKey: { type: expected.type, blob: expected.blob } });
  });

  test('encrypted openssh-key-v1, without .pub', async () => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), { type: 'rsa', passphrase: 'secret', withoutPub: true });
    const read = await readPrivateKeyFile(key);
    if (read.state !== 'encrypted' || read.publicKey === undefined) throw new Error(`it is ${read.state}`);
    expect(fingerprintSha256(read.publicKey.blob)).toBe((await keygenFingerprint(key)).fingerprint);
  });

  test.each([
    { type: 'rsa', format: 'PEM' },
    { type: 'ecdsa', format: 'PEM' },
    { type: 'rsa', format: 'PKCS8' },
  ] as const)('encrypted $type $format does not', async (options) => {
    await using home = scratchHome();
    const key = await makeKey(home.at('k'), { ...options, passphrase: 'secret', withoutPub: true });
    expect(await readPrivateKeyFile(key)).toMatchObject({ state: 'encrypted', publicKey: undefined });
    await expect(keygenFingerprint(key)).rejects.toThrow('exit code 255');
  });
});
