/** Text or bytes that are not the key they claim to be. */
export class SshKeyFormatError extends Error {
  override readonly name = 'SshKeyFormatError';
}

/** An OpenSSH configuration or destination that cannot be used; names the place when OpenSSH does. */
export class SshConfigError extends Error {
  override readonly name = 'SshConfigError';
  readonly file: string | undefined;
  /** Counted from 1. */
  readonly line: number | undefined;

  constructor(message: string, options: { file?: string; line?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.file = options.file;
    this.line = options.line;
  }
}

/** Why a request to an agent got no answer that can be used. */
export type SshAgentFailureState = 'absent' | 'refused' | 'silent' | 'failure' | 'malformed';

/**
 * A failed request to an ssh-agent:
 * `absent` (nothing at that path), `refused` (something there that does not accept connections), `silent` (no answer in
 * time), `failure` (the agent said that it could not), `malformed` (the answer is not of the agent protocol).
 */
export class SshAgentError extends Error {
  override readonly name = 'SshAgentError';
  readonly path: string;
  readonly state: SshAgentFailureState;

  constructor(path: string, state: SshAgentFailureState, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
    this.state = state;
  }
}
