import type { Duplex } from 'node:stream';
import { BaseStream } from '@microsoft/dev-tunnels-ssh';

/**
 * What carries SSH, as the library reads and writes it. A write never rejects: the library would leave a second rejection
 * unhandled. That the stream is gone shows when it reads.
 */
export class TunnelTransport extends BaseStream {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    super();
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.onData(chunk));
    stream.on('error', (error) => this.onError(error));
    stream.once('close', () => {
      this.onEnd();
      this.fireOnClose();
    });
  }

  override write(data: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const copy = Buffer.from(data); // the library uses its buffer again
      if (!this.#stream.writable || this.#stream.write(copy, () => resolve())) resolve();
    });
  }

  override async close(): Promise<void> {
    this.dispose();
  }

  override dispose(): void {
    super.dispose();
    this.#stream.destroy();
  }
}
