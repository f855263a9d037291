import { SshReader } from '../ssh-wire/sshReader.ts';

/** A USERAUTH_REQUEST (RFC 4252 §5). */
export interface UserAuthRequest {
  readonly user: string;
  readonly service: string;
  readonly credential: Credential;
}

export type Credential =
  | { readonly method: 'none' }
  | { readonly method: 'password'; readonly password: string }
  | {
      readonly method: 'publickey';
      readonly algorithm: string;
      readonly blob: Buffer;
      /** Missing in a query, which only asks whether the key would do. */
      readonly signature: { readonly blob: Buffer; readonly signedLength: number } | undefined;
    }
  | { readonly method: 'other'; readonly name: string };

/** @throws {SshWireError} the message is cut short */
export function parseUserAuthRequest(payload: Buffer): UserAuthRequest {
  const reader = new SshReader(payload, 1);
  return { user: reader.text(), service: reader.text(), credential: parseCredential(reader) };
}

function parseCredential(reader: SshReader): Credential {
  const name = reader.text();
  switch (name) {
    case 'none':
      return { method: 'none' };
    case 'password':
      reader.boolean(); // a password change is treated as a plain attempt with the old password
      return { method: 'password', password: reader.text() };
    case 'publickey': {
      const isSigned = reader.boolean();
      const algorithm = reader.text();
      const blob = reader.bytes();
      const signedLength = reader.offset;
      return {
        method: 'publickey',
        algorithm,
        blob,
        signature: isSigned ? { blob: reader.bytes(), signedLength } : undefined,
      };
    }
    default:
      return { method: 'other', name };
  }
}
