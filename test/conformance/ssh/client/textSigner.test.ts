import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../helper/platform/secret.ts';
import { signatureAlgorithm } from '../../../../helper/ssh/client/signer.ts';
import { textSigner } from '../../../../helper/ssh/client/textSigner.ts';
import { parsePublicKeyLine } from '../../../../helper/ssh/identities/publicKey.ts';
import { verifySignature } from '../../../embedded-gitpod/ssh-wire/verifySignature.ts';
import { scratchHome } from '../../../support/ssh/scratchHome.ts';
import { makeKey } from '../../../support/ssh/sshTools.ts';

describe('a private key as text', () => {
  test.each([
    { type: 'ecdsa' }, // what supervisors give
    { type: 'ed25519' },
    { type: 'rsa' },
    { type: 'ecdsa', format: 'PEM' },
    { type: 'rsa', format: 'PEM' },
  ] as const)('as ssh-keygen writes it (%o) knows its public half and signs by it', async (options) => {
    await using home = scratchHome();
    const path = await makeKey(home.at('key'), options);
    const { publicKey, sign } = await textSigner(new Secret(await readFile(path, 'utf8')));
    const { type, blob } = parsePublicKeyLine(await readFile(`${path}.pub`, 'utf8'));
    expect(publicKey).toMatchObject({ type, blob });
    const data = randomBytes(100);
    const signature = await sign(data, signatureAlgorithm(type, 'sha512'), new AbortController().signal);
    expect(verifySignature(blob, signature, data)).toBe(true);
    expect(verifySignature(blob, signature, randomBytes(100))).toBe(false);
  });

  test.each(['', 'nonsense', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n'])(
    'is refused when it is none: %j',
    async (text) => {
      await expect(textSigner(new Secret(text))).rejects.toThrow();
    },
  );
});
