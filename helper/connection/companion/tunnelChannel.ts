import { Duplex } from 'node:stream';
import type { SshChannel } from '@microsoft/dev-tunnels-ssh';

/**
 * A channel as a stream, with back-pressure both ways. An end, from either side, is the end of both directions, as the
 * supervisor has it. The library's own `SshStream` loses the callback of a write when the channel closes meanwhile.
 */
export class TunnelChannel extends Duplex {
  readonly #channel: SshChannel;
  #unacknowledgedBytes = 0;
  #isGone = false;
  #writeDone: (() => void) | undefined;

  constructor(channel: SshChannel) {
    super({ allowHalfOpen: false });
    this.#channel = channel;
    channel.onDataReceived((data) => {
      this.#unacknowledgedBytes += data.length;
      this.push(Buffer.from(data)); // the library uses its buffer again
    });
    channel.onEof(() => this.push(null));
    channel.onClosed(({ error }) => {
      this.#gone();
      if (error === undefined) this.push(null);
      else this.destroy(error);
    });
  }

  override _read(): void {
    if (this.#unacknowledgedBytes === 0) return;
    this.#channel.adjustWindow(this.#unacknowledgedBytes);
    this.#unacknowledgedBytes = 0;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#isGone) {
      callback();
      return;
    }
    this.#writeDone = callback;
    this.#channel.send(chunk).then(
      () => this.#finishWrite(),
      (error: Error) => {
        if (this.#isGone) this.#finishWrite();
        else this.destroy(error);
      },
    );
  }

  override _final(callback: (error?: Error | null) => void): void {
    const done = () => callback();
    this.#channel.close().then(done, done);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#gone();
    this.#channel.dispose();
    callback(error);
  }

  /** A write may wait for a window that will never open again. */
  #gone(): void {
    this.#isGone = true;
    this.#finishWrite();
  }

  #finishWrite(): void {
    const callback = this.#writeDone;
    this.#writeDone = undefined;
    callback?.();
  }
}
