/**
 * What went wrong with an SSH connection, by what the protocol showed:
 * - `not-ssh`: the other side closed or spoke before an identification string (RFC 4253 §4.2);
 * - `handshake`: key exchange failed, no common algorithms for instance;
 * - `host-key`: our own verifier said no; `cause` is its reason;
 * - `authentication-refused`: USERAUTH_FAILURE that names methods the server would take;
 * - `authentication-denied`: USERAUTH_FAILURE with an empty list, or the connection closed while authenticating;
 * - `signing`: our own side could not sign; `cause` is the reason;
 * - `closed`: the connection ended after it was established;
 * - `silent`: no answer in time, to a keepalive or to a channel request;
 * - `channel-refused`: CHANNEL_OPEN_FAILURE (RFC 4254 §5.1).
 */
export type SshClientErrorKind =
  | 'not-ssh'
  | 'handshake'
  | 'host-key'
  | 'authentication-refused'
  | 'authentication-denied'
  | 'signing'
  | 'closed'
  | 'silent'
  | 'channel-refused';

/** An SSH connection, or a channel of it, failed. */
export class SshClientError extends Error {
  override readonly name = 'SshClientError';
  readonly kind: SshClientErrorKind;

  constructor(kind: SshClientErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
