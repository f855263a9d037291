/** How far ssh came, each step after the ones before it; the second or the third and fourth depend on how it connects. */
export const preflightSteps = [
  'nothing',
  /** ssh runs a ProxyCommand (or jumps) instead of connecting by itself. */
  'proxy-started',
  'host-resolved',
  'connected',
  /** The server has shown its identification string. */
  'server-identified',
  'host-key-accepted',
  'authenticating',
  'authenticated',
] as const;

/** One of {@link preflightSteps}. */
export type PreflightStep = (typeof preflightSteps)[number];

/** Why an ssh command did not run to a good end. */
export type PreflightFailure =
  | 'not-started'
  | 'deadline'
  | 'configuration'
  | 'host-not-found'
  | 'not-connected'
  /** The ProxyCommand ended or the connection closed before a server identified itself. */
  | 'no-server'
  | 'key-exchange'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'too-many-attempts'
  /** The server accepts a key that lies in a file under a passphrase. */
  | 'passphrase-needed'
  | 'not-authenticated'
  | 'connection-lost'
  /** All is well up to the remote command, which ended with another exit code than 0. */
  | 'command-failed';

/** What became of a key that ssh tried. */
export type AttemptOutcome =
  | 'authenticated'
  | 'refused'
  /** Nothing followed: ssh ended, or was ended, while it was trying. */
  | 'unanswered'
  | 'passphrase-needed'
  | 'private-half-missing'
  /** The file or the agent would not sign, for the reason that is in the messages. */
  | 'not-signed';

/** A key that ssh tried. */
export interface KeyAttempt {
  /** The file's path, or the comment of a key in an agent. */
  readonly name: string;
  readonly isInAgent: boolean;
  /** As ssh prints it, for instance `ED25519`; undefined when only the private file could tell. */
  readonly type: string | undefined;
  readonly fingerprint: string | undefined;
  readonly outcome: AttemptOutcome;
}

/** What the verbose output of ssh tells. */
export interface PreflightLog {
  readonly reached: PreflightStep;
  /** In the order tried. */
  readonly attempts: readonly KeyAttempt[];
  /** The methods that the server was last willing to go on with. */
  readonly methodsThatCanContinue: readonly string[];
  /** Of the key the server has shown. */
  readonly hostKeyFingerprint: string | undefined;
  /** What ssh and its ProxyCommand say to a person. */
  readonly messages: readonly string[];
}

/** How an ssh command ended, and how far it came. */
export interface PreflightResult extends PreflightLog {
  /** Undefined when the command ran to a good end. */
  readonly failure: PreflightFailure | undefined;
  /** Undefined when it did not end by itself. */
  readonly exitCode: number | undefined;
}
