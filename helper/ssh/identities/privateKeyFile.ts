import { SshKeyFormatError } from '../errors.ts';
import { type RegularFile, readRegularFile } from '../regularFile.ts';
import { parseOpensshPrivateKey } from './opensshPrivateKey.ts';
import { decodeBase64, type PublicKey } from './publicKey.ts';
import { publicKeyOfPem } from './publicKeyOfPem.ts';

/** What a private key file tells without its passphrase. */
export type PrivateKeyFile =
  | {
      readonly state: 'plain';
      readonly format: 'openssh' | 'pem';
      readonly publicKey: PublicKey;
      /** OpenSSH ignores such a file: others may read it. */
      readonly permissionsTooOpen: boolean;
      /** Why OpenSSH, or an older version, cannot read what can be read here; ends a sentence that begins with the file's name. */
      readonly formatProblem: string | undefined;
    }
  | {
      readonly state: 'encrypted';
      readonly format: 'openssh' | 'pem';
      /** Undefined in the formats that encrypt the public half as well. */
      readonly publicKey: PublicKey | undefined;
      readonly permissionsTooOpen: boolean;
      readonly formatProblem: string | undefined;
    }
  | { readonly state: 'missing' }
  /** `reason` ends a sentence that begins with the file's name. */
  | { readonly state: 'unreadable' | 'not-a-private-key'; readonly reason: string };

/** Reads what a private key file tells without its passphrase: openssh-key-v1, PKCS#1, SEC1, DSA and PKCS#8. */
export async function readPrivateKeyFile(path: string): Promise<PrivateKeyFile> {
  const file = await readRegularFile(path);
  if (file.state !== 'read') return file;
  try {
    const parsed = parsePrivateKey(file.bytes);
    const formatProblem = formatProblemOf(parsed, file.bytes.toString('latin1'));
    return { ...parsed, permissionsTooOpen: hasOpenPermissions(file), formatProblem };
  } catch (error) {
    if (error instanceof SshKeyFormatError) return { state: 'not-a-private-key', reason: error.message };
    throw error;
  }
}

/** Something else may come before it, such as the EC PARAMETERS that `openssl ecparam -genkey` writes, or a certificate. */
const PRIVATE_KEY = /^-----BEGIN ((?:OPENSSH |ENCRYPTED |RSA |EC |DSA )?PRIVATE KEY)-----\r?\n(.*?)-----END \1-----/ms;

/** What of a file is the private key that is read of it; undefined when there is none. */
export function privateKeyBlock(text: string): string | undefined {
  return PRIVATE_KEY.exec(text)?.[0];
}

type ParsedPrivateKey =
  | { readonly state: 'plain'; readonly format: 'openssh' | 'pem'; readonly publicKey: PublicKey }
  | { readonly state: 'encrypted'; readonly format: 'openssh' | 'pem'; readonly publicKey: PublicKey | undefined };

function parsePrivateKey(bytes: Buffer): ParsedPrivateKey {
  const text = bytes.toString('latin1');
  const [block = '', label, body] = PRIVATE_KEY.exec(text) ?? /^-----BEGIN ([A-Z0-9 ]+)-----/m.exec(text) ?? [];
  switch (label) {
    case 'OPENSSH PRIVATE KEY':
      return parseOpenssh(body ?? '');
    case 'ENCRYPTED PRIVATE KEY':
      return { state: 'encrypted', format: 'pem', publicKey: undefined };
    case 'RSA PRIVATE KEY':
    case 'EC PRIVATE KEY':
    case 'DSA PRIVATE KEY':
    case 'PRIVATE KEY': {
      const encrypted = /^Proc-Type: 4,ENCRYPTED/m.test(body ?? '');
      if (encrypted) return { state: 'encrypted', format: 'pem', publicKey: undefined };
      return {
        state: 'plain',
        format: 'pem',
        publicKey: explain('is damaged', () => publicKeyOfPem(Buffer.from(block, 'latin1'))),
      };
    }
    default:
      throw new SshKeyFormatError(describeForeignFile(text, label));
  }
}

function parseOpenssh(body: string): ParsedPrivateKey {
  const { publicKey, encrypted } = explain('is damaged', () =>
    parseOpensshPrivateKey(decodeBase64(body.replace(/\s/g, ''))),
  );
  return { state: encrypted ? 'encrypted' : 'plain', format: 'openssh', publicKey };
}

/** OpenSSH wants an openssh-key-v1 file to the byte; OpenSSL reads the other formats for it, Ed25519 since OpenSSH 9.6. */
function formatProblemOf({ format, publicKey }: ParsedPrivateKey, text: string): string | undefined {
  if (format === 'pem') {
    return publicKey?.type === 'ssh-ed25519' ? 'is Ed25519 in PKCS#8, which OpenSSH reads since 9.6' : undefined;
  }
  if (!text.startsWith('-----BEGIN OPENSSH')) return 'has something before its first line, so OpenSSH cannot read it';
  if (text.includes('\r')) return 'has line ends of Windows (CRLF), so OpenSSH cannot read it';
  const isWhole = text.includes('\n-----END OPENSSH PRIVATE KEY-----\n');
  return isWhole ? undefined : 'has no line end at its end, so OpenSSH cannot read it';
}

function explain<Value>(what: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SshKeyFormatError)) throw error;
    throw new SshKeyFormatError(`${what}: ${error.message}`, { cause: error });
  }
}

function describeForeignFile(text: string, label: string | undefined): string {
  if (text.startsWith('PuTTY-User-Key-File-'))
    return 'is a PuTTY key, which OpenSSH does not read; convert it with puttygen';
  if (label?.startsWith('PGP ') === true) return 'is a PGP file, not an SSH key';
  return 'is not a private key';
}

/** As OpenSSH judges: a file of this user that group or others may use in any way. Windows has no such mode. */
function hasOpenPermissions(file: Extract<RegularFile, { state: 'read' }>): boolean {
  return process.getuid !== undefined && file.ownerId === process.getuid() && (file.mode & 0o077) !== 0;
}
