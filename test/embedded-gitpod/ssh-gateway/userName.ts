const debugPrefix = 'debug-';

/** An SSH user name taken apart: `[debug-]<id>` or `[debug-]<id>#<ownerToken>` (gitpod-wire §4.3). */
export interface SshUserName {
  /** Everything after `debug-`: what password and publickey look up as an id, `#` and all. */
  readonly whole: string;
  readonly debug: boolean;
  /** The part before the first `#`: what `none` looks up. */
  readonly id: string;
  /** The owner token, if there is exactly one `#`. */
  readonly ownerToken: string | undefined;
}

export function parseSshUserName(user: string): SshUserName {
  const debug = user.startsWith(debugPrefix);
  const whole = debug ? user.slice(debugPrefix.length) : user;
  const parts = whole.split('#');
  return { whole, debug, id: parts[0] ?? '', ownerToken: parts.length === 2 ? parts[1] : undefined };
}
