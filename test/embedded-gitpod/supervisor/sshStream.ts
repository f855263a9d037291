import type { Duplex } from 'node:stream';
import { BaseStream } from '@microsoft/dev-tunnels-ssh';

/** A stream of Node's for the SSH library. Its write never rejects, since the library leaves some of its writes unobserved. */
export class SshLibraryStream extends BaseStream {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    super();
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.onData(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      this.onEnd();
      this.fireOnClose();
    });
  }

  override async write(data: Buffer): Promise<void> {
    if (!this.#stream.writable) return;
    await new Promise<void>((resolve) => this.#stream.write(Buffer.from(data), () => resolve()));
  }

  override async close(): Promise<void> {
    this.#stream.destroy();
  }
}
