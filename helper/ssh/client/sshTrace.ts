import { log } from '../../log.ts';
import { fingerprintSha256 } from '../identities/publicKey.ts';
import type { SshAuthentication } from './authentication.ts';

/** Tells in the log how a connection is made, in the words of `ssh -v`. Nothing secret gets here. */
export interface SshTrace {
  /** Takes a debugging message of ssh2; those that say nothing to a person are left out. */
  readonly message: (text: string) => void;
  /** The server's key. */
  readonly hostKey: (blob: Buffer) => void;
  /** What is about to be sent as proof. */
  readonly offering: (user: string, authentication: SshAuthentication) => void;
}

interface KnownMessage {
  readonly pattern: RegExp;
  /** `$1` and the like stand for what the pattern has found. */
  readonly words: string;
}

/** Only what is listed here is told, so that nothing slips through which ssh2 may add. */
const knownMessages: readonly KnownMessage[] = [
  { pattern: /^Local ident: '(SSH-[^']*)'$/, words: 'local version $1' },
  { pattern: /^Remote ident: '(SSH-[^']*)'$/, words: 'remote version $1' },
  { pattern: /^Handshake: KEX algorithm: (\S+)$/, words: 'key exchange: $1' },
  { pattern: /^Handshake: Host key format: (\S+)$/, words: 'host key algorithm: $1' },
  { pattern: /^Handshake: C->S [Cc]ipher: (\S+)$/, words: 'to the server: cipher $1' },
  { pattern: /^Handshake: S->C cipher: (\S+)$/, words: 'from the server: cipher $1' },
  { pattern: /^Handshake: (C->S|S->C) MAC: (\S+)$/, words: 'MAC $1: $2' },
  { pattern: /^Handshake: \((local|remote)\) KEX method: (\S+)$/, words: '$1 key exchange methods: $2' },
  { pattern: /^Handshake: \((local|remote)\) Host key format: (\S+)$/, words: '$1 host key algorithms: $2' },
  { pattern: /^Handshake: strict KEX mode enabled$/, words: 'strict key exchange' },
  { pattern: /^Handshake: [Nn]o matching ([\w ->]+)$/, words: 'no $1 in common' },
  { pattern: /^Host accepted/, words: 'the host key is a trusted one' },
  { pattern: /^Host denied/, words: 'the host key is NOT a trusted one' },
  { pattern: /^Handshake completed$/, words: 'key exchange done; what follows is encrypted' },
  {
    pattern: /^Inbound: Received USERAUTH_FAILURE \(([\w,@.-]*)\)$/,
    words: 'the server refuses; it would go on with: $1',
  },
  { pattern: /^Inbound: Received USERAUTH_SUCCESS$/, words: 'authentication succeeded' },
  { pattern: /^Inbound: Received DISCONNECT \((\d+)/, words: 'the server disconnects (reason $1)' },
  { pattern: /^Outbound: Sending DISCONNECT \((\d+)\)$/, words: 'disconnecting (reason $1)' },
  { pattern: /^Outbound: Sending CHANNEL_OPEN \(r:(\d+), (direct-tcpip|session)\)$/, words: 'opening channel $1 ($2)' },
  { pattern: /^Inbound: CHANNEL_OPEN_CONFIRMATION \(r:(\d+)/, words: 'channel $1 is open' },
  { pattern: /^Inbound: CHANNEL_OPEN_FAILURE \(r:(\d+)/, words: 'channel $1 is refused' },
  { pattern: /^Socket (ended|closed)$/, words: 'the connection is closed' },
];

/** Begins the trace of one connection. */
export function traceSsh(): SshTrace {
  const tell = (text: string) => log.debug('ssh.trace', { text });
  return {
    message: (text) => {
      const known = knownMessages.find(({ pattern }) => pattern.test(text));
      if (known !== undefined) tell(text.replace(known.pattern, known.words));
    },
    hostKey: (blob) => tell(`the server shows the host key ${fingerprintSha256(blob)}`),
    offering: (user, authentication) => tell(`authenticating as ${user}: ${describe(authentication)}`),
  };
}

function describe(authentication: SshAuthentication): string {
  switch (authentication.method) {
    case 'none':
      return 'no proof inside this transport (none)';
    case 'password':
      return 'a password';
    case 'publickey': {
      const { type, blob } = authentication.signer.publicKey;
      return `offering the key ${type} ${fingerprintSha256(blob)}`;
    }
  }
}
