import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { Deadline, DeadlineError, raceSignal } from '../../platform/deadline.ts';
import { SshClientError } from './sshClientError.ts';

/** CHANNEL_OPEN_FAILURE's reasons (RFC 4254 §5.1). */
interface ChannelOpenFailure {
  readonly reason?: number;
}

const closeTimeoutMs = 50;

/** An authenticated SSH connection. */
export class SshConnection implements AsyncDisposable {
  readonly #client: Client;
  readonly #ping: () => Promise<void> | undefined;
  #reason: SshClientError | undefined;
  /** Resolves when the connection is over: with the reason, or with undefined when it was closed in order. */
  readonly closed: Promise<SshClientError | undefined>;

  /** @internal `connectSsh` makes them; left out of the package's types, which name nothing of ssh2. */
  constructor(client: Client, ping: () => Promise<void> | undefined) {
    this.#client = client;
    this.#ping = ping;
    this.closed = new Promise((resolve) => {
      client.on('error', (error) => {
        this.#reason ??= establishedError(error);
      });
      client.once('close', () => resolve(this.#reason));
    });
  }

  /** Asks the other side for a sign of life, and ends the connection as `silent` unless one comes in time. */
  expectAnswer(timeoutMs: number): void {
    const answered = this.#ping();
    if (answered === undefined) return;
    const impatience = setTimeout(() => {
      this.#reason ??= new SshClientError('silent', `no answer to a keepalive within ${timeoutMs} ms`);
      this.#client.destroy();
    }, timeoutMs);
    void Promise.race([answered, this.closed]).then(() => clearTimeout(impatience));
  }

  /**
   * Opens a `direct-tcpip` channel (RFC 4254 §7.2) to `host:port` as the server sees it. The stream is half-open: its
   * end is an EOF that leaves the other direction alone.
   *
   * @throws SshClientError `channel-refused`, `closed`, or `silent` after `timeoutMs`; or the signal's reason.
   */
  async openDirectTcpip(
    host: string,
    port: number,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Duplex> {
    using deadline = new Deadline('opening a channel', options.timeoutMs, options.signal);
    const opening = this.#forwardOut(host, port);
    try {
      return await raceSignal(opening, deadline.signal);
    } catch (error) {
      // A channel that opens after nobody waits for it any more must not stay.
      opening.then(
        (channel) => channel.destroy(),
        () => undefined,
      );
      if (!(error instanceof DeadlineError)) throw error;
      throw new SshClientError('silent', `no answer to a channel request within ${options.timeoutMs} ms`, error);
    }
  }

  #forwardOut(host: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const onOpen = (error: (Error & ChannelOpenFailure) | undefined, channel: Duplex) => {
        if (error === undefined) resolve(channel);
        else if (error.reason === undefined) reject(new SshClientError('closed', 'the connection ended', error));
        else reject(new SshClientError('channel-refused', error.message, error));
      };
      try {
        this.#client.forwardOut('127.0.0.1', 0, host, port, onOpen);
      } catch (error) {
        reject(new SshClientError('closed', 'the connection has ended', error)); // ssh2 throws "Not connected"
      }
    });
  }

  /** Closes the connection, and with it its channels: with DISCONNECT, but without waiting long for the other side. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.end();
    const impatience = setTimeout(() => this.#client.destroy(), closeTimeoutMs);
    await this.closed;
    clearTimeout(impatience);
  }
}

function establishedError(error: Error & { level?: string }): SshClientError {
  if (error.level === 'client-timeout') return new SshClientError('silent', 'no answer to keepalives', error);
  return new SshClientError('closed', error.message, error);
}
