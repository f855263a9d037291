import { MSG } from '../ssh-wire/messages.ts';
import { SshReader } from '../ssh-wire/sshReader.ts';
import { sshMessage, uint32 } from '../ssh-wire/sshWriter.ts';

interface ScramblerOutputs {
  readonly toClient: (payload: Buffer) => void;
  readonly toUpstream: (payload: Buffer) => void;
}

interface HeldData {
  readonly payload: Buffer;
  readonly timer: NodeJS.Timeout;
}

/** Long enough for an exit-status to overtake, short enough for a dialogue over the channel to go on. */
const holdMs = 20;

/**
 * Does to exec channels on purpose what the real SSH gateway does now and then (ssh-gateway-observed §1 "Channels"):
 * stderr is lost, and exit-status arrives before the last of stdout.
 */
export class ExecScrambler {
  readonly #outputs: ScramblerOutputs;
  /** Upstream's channel number to the client's. */
  readonly #clientChannels = new Map<number, number>();
  /** Client's channel numbers that run a command, with the upstream's. */
  readonly #execChannels = new Map<number, number>();
  readonly #held = new Map<number, HeldData>();

  constructor(outputs: ScramblerOutputs) {
    this.#outputs = outputs;
  }

  /** Notices which channels run a command. */
  noteClientMessage(payload: Buffer): void {
    if (payload[0] !== MSG.CHANNEL_REQUEST) return;
    const reader = new SshReader(payload, 1);
    const upstreamChannel = reader.uint32();
    const clientChannel = this.#clientChannels.get(upstreamChannel);
    if (reader.text() === 'exec' && clientChannel !== undefined) this.#execChannels.set(clientChannel, upstreamChannel);
  }

  /** Passes a message from the workspace on, scrambled. */
  relay(payload: Buffer): void {
    const number = payload[0] ?? 0;
    if (number < MSG.CHANNEL_OPEN_CONFIRMATION || number > MSG.CHANNEL_FAILURE) {
      this.#outputs.toClient(payload);
      return;
    }
    const reader = new SshReader(payload, 1);
    const clientChannel = reader.uint32();
    if (number === MSG.CHANNEL_OPEN_CONFIRMATION) this.#clientChannels.set(reader.uint32(), clientChannel);
    const upstreamChannel = this.#execChannels.get(clientChannel);
    if (upstreamChannel === undefined) this.#outputs.toClient(payload);
    else this.#relayExec(payload, clientChannel, upstreamChannel);
  }

  stop(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }

  #relayExec(payload: Buffer, clientChannel: number, upstreamChannel: number): void {
    switch (payload[0]) {
      case MSG.CHANNEL_EXTENDED_DATA:
        this.#swallow(payload, upstreamChannel);
        break;
      case MSG.CHANNEL_DATA:
        this.#release(clientChannel);
        this.#hold(payload, clientChannel);
        break;
      case MSG.CHANNEL_EOF:
      case MSG.CHANNEL_CLOSE:
        this.#release(clientChannel);
        this.#outputs.toClient(payload);
        break;
      default:
        this.#outputs.toClient(payload);
    }
  }

  /** The client never sees these bytes, so it is for the relay to give the window back. */
  #swallow(payload: Buffer, upstreamChannel: number): void {
    const reader = new SshReader(payload, 1);
    reader.uint32();
    reader.uint32();
    const { length } = reader.bytes();
    this.#outputs.toUpstream(sshMessage(MSG.CHANNEL_WINDOW_ADJUST, uint32(upstreamChannel), uint32(length)));
  }

  #hold(payload: Buffer, clientChannel: number): void {
    const timer = setTimeout(() => this.#release(clientChannel), holdMs);
    this.#held.set(clientChannel, { payload: Buffer.from(payload), timer });
  }

  #release(clientChannel: number): void {
    const held = this.#held.get(clientChannel);
    if (!held) return;
    clearTimeout(held.timer);
    this.#held.delete(clientChannel);
    this.#outputs.toClient(held.payload);
  }
}
