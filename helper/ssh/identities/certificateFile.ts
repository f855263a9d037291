import type { IdentityFileEntry } from '../config/hostConfig.ts';
import type { FileCandidate } from './identityFile.ts';
import { certificateBaseKey } from './publicKey.ts';
import { type PublicKeyFile, readPublicKeyFile } from './publicKeyFile.ts';
import { restrictionOfType } from './restrictionOfType.ts';

/** Reads a `CertificateFile`: the file itself, else with `.pub`. A missing or wrong one is reported. */
export async function readCertificateFile(path: string): Promise<FileCandidate> {
  const found = await readFileOrPub(path);
  const shared = { source: 'certificate-file', path } as const;
  if (found.state !== 'read') {
    const reason = found.state === 'missing' ? 'does not exist' : found.reason;
    const signing = { kind: 'unsupported', reason: `the certificate file ${reason}` } as const;
    return { ...shared, offeredKey: undefined, publicKey: undefined, signing, notes: [`${path} ${reason}.`] };
  }
  const { publicKey } = found;
  if (certificateBaseKey(publicKey.blob) === undefined) {
    const signing = { kind: 'unsupported', reason: 'the file named as certificate holds none' } as const;
    return { ...shared, offeredKey: undefined, publicKey, signing, notes: [`${path} is not a certificate.`] };
  }
  const signing = restrictionOfType(publicKey) ?? { kind: 'absent' };
  return { ...shared, offeredKey: publicKey, publicKey, signing, notes: [] };
}

/** Reads the certificate that OpenSSH looks for beside an `IdentityFile`, `<file>-cert` or `<file>-cert.pub`, if there is one. */
export async function readCertificateBeside(entry: IdentityFileEntry): Promise<FileCandidate | undefined> {
  const path = `${entry.path}-cert`;
  const found = await readFileOrPub(path);
  if (found.state === 'missing') return undefined;
  const candidate = await readCertificateFile(path);
  return { ...candidate, path: `${path}.pub` };
}

async function readFileOrPub(path: string): Promise<PublicKeyFile> {
  const itself = await readPublicKeyFile(path);
  if (itself.state === 'read') return itself;
  const withSuffix = await readPublicKeyFile(`${path}.pub`);
  return withSuffix.state === 'missing' ? itself : withSuffix;
}
