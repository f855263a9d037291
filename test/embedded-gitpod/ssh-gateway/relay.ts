import type { Faults } from '../faults.ts';
import { MSG } from '../ssh-wire/messages.ts';
import { SshReader } from '../ssh-wire/sshReader.ts';
import type { SshTransport } from '../ssh-wire/sshTransport.ts';
import { sshMessage, uint32 } from '../ssh-wire/sshWriter.ts';
import { ExecScrambler } from './execScrambler.ts';

/**
 * Passes the connection protocol (RFC 4254) between a client and its workspace message by message: both sides' channel
 * numbers and windows stay their own, so nothing has to be translated. Only a refused channel loses its reason.
 */
export class Relay {
  readonly #client: SshTransport;
  readonly #upstream: SshTransport;
  readonly #scrambler: ExecScrambler;
  readonly #faults: Faults;

  constructor(client: SshTransport, upstream: SshTransport, faults: Faults) {
    this.#client = client;
    this.#upstream = upstream;
    this.#faults = faults;
    this.#scrambler = new ExecScrambler({
      toClient: (payload) => client.send(payload),
      toUpstream: (payload) => upstream.send(payload),
    });
  }

  fromClient(payload: Buffer): void {
    this.#scrambler.noteClientMessage(payload);
    this.#upstream.send(withoutReason(payload));
  }

  fromUpstream(payload: Buffer): void {
    if (this.#faults.scrambleExecOutput) this.#scrambler.relay(withoutReason(payload));
    else this.#client.send(withoutReason(payload));
  }

  stop(): void {
    this.#scrambler.stop();
  }
}

const connectFailed = 2;

/** The real one reports every refusal as "connect failed" with one text (gitpod-wire §4.6). */
function withoutReason(payload: Buffer): Buffer {
  if (payload[0] !== MSG.CHANNEL_OPEN_FAILURE) return payload;
  const recipient = new SshReader(payload, 1).uint32();
  return sshMessage(
    MSG.CHANNEL_OPEN_FAILURE,
    uint32(recipient),
    uint32(connectFailed),
    'open target channel error',
    '',
  );
}
