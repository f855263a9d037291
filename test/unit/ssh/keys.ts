import fc from 'fast-check';
import { sshMpint, sshString } from '../../../helper/ssh/identities/sshWire.ts';

const bytesOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

/** An Ed25519 key blob of 32 equal bytes. */
export function ed25519Blob(fill = 7): Buffer {
  return Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(32, fill))]);
}

/** An RSA key blob with a modulus of that many bits. */
export function rsaBlob(bits: number): Buffer {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  modulus[0] = 0xff >> (modulus.length * 8 - bits);
  return Buffer.concat([sshString('ssh-rsa'), sshMpint(Buffer.of(1, 0, 1)), sshMpint(modulus)]);
}

/** A certificate blob for an Ed25519 key, with an authority that signed nothing. */
export function ed25519CertificateBlob(fill = 7): Buffer {
  const nonce = sshString(Buffer.alloc(32, 1));
  const rest = Buffer.alloc(64);
  return Buffer.concat([sshString('ssh-ed25519-cert-v01@openssh.com'), nonce, sshString(Buffer.alloc(32, fill)), rest]);
}

/** Any well-formed blob with its type, of types known and unknown. */
export const keyBlobs: fc.Arbitrary<{ readonly type: string; readonly blob: Buffer }> = fc.oneof(
  bytesOf(32).map((key) => ({ type: 'ssh-ed25519', blob: Buffer.concat([sshString('ssh-ed25519'), sshString(key)]) })),
  fc.integer({ min: 1, max: 5000 }).map((bits) => ({ type: 'ssh-rsa', blob: rsaBlob(bits) })),
  fc
    .tuple(bytesOf(32), fc.string())
    .map(([key, application]) => ['sk-ssh-ed25519@openssh.com', key, application] as const)
    .map(([type, key, application]) => ({
      type,
      blob: Buffer.concat([sshString(type), sshString(key), sshString(application)]),
    })),
  fc
    .tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}@example\.org$/), fc.uint8Array())
    .map(([type, rest]) => ({ type, blob: Buffer.concat([sshString(type), Buffer.from(rest)]) })),
);
