import type { TLSSocket } from 'node:tls';
import { join } from './thinClient.ts';

const chunkBytes = 16 * 1024;
const wordBytes = 4;

/** A client of the IDE backend that sends numbered data all the time and checks every byte that comes back. */
export class NumberedEcho {
  /** The local port that it has joined by. */
  readonly port: number;
  readonly #socket: TLSSocket;
  readonly #onProgress = new Set<() => void>();
  #sentBytes = 0;
  #echoedBytes = 0;
  #isStopping = false;
  #corruptAt: number | undefined;
  isOver = false;
  /** Resolves when its connection is over, however that came. */
  readonly over: Promise<void>;

  /** @throws when nobody, or somebody else, answers at the join link. */
  static async join(joinLink: string): Promise<NumberedEcho> {
    const { socket, firstLine } = await join(joinLink);
    if (!firstLine.startsWith('READY ')) throw new Error(`the backend says ${firstLine}`);
    return new NumberedEcho(socket, Number(new URL(joinLink).port));
  }

  private constructor(socket: TLSSocket, port: number) {
    this.#socket = socket;
    this.port = port;
    this.over = new Promise((resolve) => socket.once('close', resolve)).then(() => {
      this.isOver = true;
    });
    socket.on('error', () => undefined); // its close follows
    socket.on('data', (chunk: Buffer) => this.#check(chunk));
    void this.#send();
  }

  /** Bytes that came back, all in order and as sent. @throws when one did not. */
  get echoedBytes(): number {
    if (this.#corruptAt !== undefined) throw new Error(`another byte came back than was sent at ${this.#corruptAt}`);
    if (this.#echoedBytes > this.#sentBytes) throw new Error('more came back than was sent');
    return this.#echoedBytes;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Waits until so many more bytes have come back. @throws when the connection is over before, or after `timeoutMs`. */
  async moreEchoes(bytes: number, timeoutMs = 60_000): Promise<void> {
    const wanted = this.#echoedBytes + bytes;
    const timeout = AbortSignal.timeout(timeoutMs);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => this.#echoedBytes >= wanted && resolve();
    const giveUp = () => reject(new Error(`only ${this.#echoedBytes} of ${wanted} bytes came back in time`));
    timeout.addEventListener('abort', giveUp);
    this.#onProgress.add(look);
    void this.over.then(() => reject(new Error('the connection is over')));
    try {
      look();
      await promise;
    } finally {
      this.#onProgress.delete(look);
      timeout.removeEventListener('abort', giveUp);
    }
  }

  /** Sends nothing more and waits for the rest. Where the connection lasts so long, everything sent has come back. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.over;
  }

  async #send(): Promise<void> {
    while (!this.#isStopping && !this.#socket.destroyed) {
      const chunk = numbers(this.#sentBytes, chunkBytes);
      this.#sentBytes += chunk.length;
      if (this.#socket.write(chunk)) await new Promise(setImmediate);
      else await Promise.race([new Promise((resolve) => this.#socket.once('drain', resolve)), this.over]);
    }
    this.#socket.end();
  }

  #check(chunk: Buffer): void {
    if (!chunk.equals(numbers(this.#echoedBytes, chunk.length))) this.#corruptAt ??= this.#echoedBytes;
    this.#echoedBytes += chunk.length;
    for (const look of this.#onProgress) look();
  }
}

/** A part of the endless sequence of 32-bit numbers. */
function numbers(offset: number, length: number): Buffer {
  const first = Math.floor(offset / wordBytes);
  const words = Math.ceil((offset + length) / wordBytes) - first;
  const buffer = Buffer.alloc(words * wordBytes);
  for (let word = 0; word < words; word++) buffer.writeUInt32BE((first + word) % 2 ** 32, word * wordBytes);
  return buffer.subarray(offset - first * wordBytes).subarray(0, length);
}
