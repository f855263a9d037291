import 'reflect-metadata'; // @peculiar/x509 needs it to be there first
import { randomUUID, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate with its private key, both as PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly privateKey: string;
}

const dayMs = 86_400_000;
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** A certificate authority that exists only in this process. */
export class CertificateAuthority {
  /** The root certificate as PEM: what clients have to trust. */
  readonly certificate: string;
  readonly #name: string;
  readonly #keys: CryptoKeyPair;

  static async create(): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const name = `CN=Embedded Gitpod CA ${randomUUID()}`; // two of one name cannot be told apart
    const root = await X509CertificateGenerator.createSelfSigned({
      name,
      keys,
      signingAlgorithm,
      ...validity(),
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new CertificateAuthority(root.toString('pem'), name, keys);
  }

  private constructor(certificate: string, name: string, keys: CryptoKeyPair) {
    this.certificate = certificate;
    this.#name = name;
    this.#keys = keys;
  }

  /** A certificate for these DNS names, for servers or for something else; the first label may be `*`. */
  async issue(dnsNames: readonly string[], usage: 'serverAuth' | 'clientAuth' = 'serverAuth'): Promise<TlsIdentity> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: [{ CN: ['embedded Gitpod'] }],
      issuer: this.#name,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm,
      ...validity(),
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage[usage]]),
        new SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns' as const, value }))),
      ],
    });
    return { certificate: certificate.toString('pem'), privateKey: await privateKeyPem(keys) };
  }
}

/** A certificate that vouches for itself, as a JetBrains backend makes one. */
export async function createSelfSigned(commonName: string): Promise<TlsIdentity> {
  const keys = await newKeys();
  const name = `CN=${commonName}`;
  const certificate = await X509CertificateGenerator.createSelfSigned({ name, keys, signingAlgorithm, ...validity() });
  return { certificate: certificate.toString('pem'), privateKey: await privateKeyPem(keys) };
}

/** SHA-256 of a certificate, upper-case hex without colons. */
export function certificateFingerprint({ certificate }: TlsIdentity): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '');
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 30 * dayMs) };
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

async function privateKeyPem({ privateKey }: CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}
