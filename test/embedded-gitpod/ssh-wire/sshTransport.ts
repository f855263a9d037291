import type { Duplex } from 'node:stream';
import type { ParsedKey } from 'ssh2';
import crypto from 'ssh2/lib/protocol/crypto.js';
import Protocol, { type AlgorithmOffer } from 'ssh2/lib/protocol/Protocol.js';
import { MSG } from './messages.ts';
import { sendPayload } from './sendPayload.ts';

export interface SshTransportOptions {
  /** What follows `SSH-2.0-` in the identification string. */
  readonly ident: string;
  /** Present on the server's side: one key per host key algorithm. */
  readonly hostKeys?: Readonly<Record<string, ParsedKey>>;
  /** On the client's side: sees the server's host key blob; returning false ends the handshake. */
  readonly acceptHostKey?: (blob: Buffer) => boolean;
  readonly algorithms?: AlgorithmOffer;
  /** Sent right after the first NEWKEYS to a peer that announced `ext-info-c` (RFC 8308), in place of ssh2's own. */
  readonly extInfo?: Buffer;
  /** The first key exchange is done. */
  readonly onReady: () => void;
  /** A message outside the key exchange: SERVICE_*, user authentication, connection protocol, or an extension. */
  readonly onMessage: (payload: Buffer) => void;
  readonly onDisconnect?: (reason: number, description: string) => void;
  readonly onExtInfo?: (serverSignatureAlgorithms: readonly string[]) => void;
  /** The TCP connection is gone, or the peer broke the protocol (then with the cause). Called once. */
  readonly onClosed: (cause: Error | undefined) => void;
}

/** What SSH runs over: a TCP socket, or a stream of another kind, which has neither Nagle's algorithm nor resets. */
export interface SshStream extends Duplex {
  setNoDelay?(noDelay: boolean): unknown;
  resetAndDestroy?(): unknown;
}

/** How long a peer may take to close its side. */
const lingerMs = 1_000;

/**
 * One side of the SSH transport layer (RFC 4253) over a TCP socket: key exchange and encryption by ssh2's protocol layer,
 * every other message handed over and sent as raw bytes.
 */
export class SshTransport {
  readonly #socket: SshStream;
  readonly #protocol: Protocol;
  readonly #options: SshTransportOptions;
  #open = true;
  #closedReported = false;
  #lingering: NodeJS.Timeout | undefined;

  /** Loads ssh2's ciphers; to be awaited before the first {@link SshTransport} is made. */
  static async prepare(): Promise<void> {
    await crypto.init;
  }

  constructor(socket: SshStream, options: SshTransportOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#protocol = this.#createProtocol();
    socket.setNoDelay?.(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#reportClosed(error));
    socket.on('end', () => this.close());
    socket.on('close', () => {
      clearTimeout(this.#lingering);
      this.#protocol.cleanup();
      this.#reportClosed(undefined);
    });
    this.#protocol.start();
  }

  /** RFC 4253 §7.2; known once ready. */
  get sessionId(): Buffer {
    return this.#protocol._kex.sessionID;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Sends one message; dropped when the connection is already closing. */
  send(payload: Buffer): void {
    if (this.#open && this.#socket.writable) sendPayload(this.#protocol, payload);
  }

  rekey(): void {
    this.#protocol.rekey();
  }

  /**
   * Ends the TCP connection after what was sent: FIN, no DISCONNECT. Nothing is received any more; what still comes is read and
   * dropped for a while, since closing at once would turn the FIN into a reset whenever the peer has just sent something.
   */
  close(): void {
    if (this.#socket.destroyed) return;
    this.#open = false;
    this.#lingering ??= setTimeout(() => this.#socket.destroy(), lingerMs);
    this.#socket.end();
  }

  /** Ends the TCP connection with a reset right after what was sent. */
  reset(): void {
    this.#open = false;
    if (this.#socket.resetAndDestroy) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #createProtocol(): Protocol {
    const { hostKeys, algorithms, acceptHostKey } = this.#options;
    const protocol = new Protocol({
      ident: Buffer.from(this.#options.ident),
      ...(hostKeys ? { server: true, hostKeys } : {}),
      ...(algorithms ? { offer: algorithms } : {}),
      hostVerifier: (blob, verify) => {
        verify(acceptHostKey?.(blob) ?? true);
        return undefined;
      },
      onWrite: (data) => {
        if (this.#socket.writable) this.#socket.write(data);
      },
      onError: (error) => this.#fail(error),
      messageHandlers: {
        DISCONNECT: (_protocol, reason, description) => this.#options.onDisconnect?.(reason, description),
        EXT_INFO: (_protocol, extensions) => {
          const signatures = extensions.find(({ name }) => name === 'server-sig-algs');
          if (signatures) this.#options.onExtInfo?.(signatures.algs);
        },
      },
    });
    this.#interceptMessages(protocol);
    this.#interceptHandshake(protocol);
    return protocol;
  }

  #interceptMessages(protocol: Protocol): void {
    const transportMessage = protocol._onPayload;
    protocol._onPayload = (payload) => {
      const number = payload[0] ?? 0;
      const isTransport = number < MSG.SERVICE_REQUEST || (number >= MSG.EXT_INFO && number < MSG.USERAUTH_REQUEST);
      if (isTransport) transportMessage(payload);
      else if (number === MSG.PING) this.send(Buffer.concat([Buffer.of(MSG.PONG), payload.subarray(1)]));
      else if (this.#open) this.#options.onMessage(payload);
    };
  }

  #interceptHandshake(protocol: Protocol): void {
    const completeHandshake = protocol._onHandshakeComplete;
    let first = true;
    protocol._onHandshakeComplete = (...negotiated) => {
      const { extInfo } = this.#options;
      const wantsExtInfo = first && extInfo !== undefined && protocol._kex.remoteExtInfoEnabled;
      if (extInfo) protocol._kex.remoteExtInfoEnabled = false;
      completeHandshake(...negotiated);
      if (wantsExtInfo) sendPayload(protocol, extInfo);
      if (first) this.#options.onReady();
      first = false;
    };
  }

  #receive(chunk: Buffer): void {
    if (!this.#open) return;
    try {
      this.#protocol.parse(chunk, 0, chunk.length);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(cause: Error): void {
    this.#reportClosed(cause);
    this.close();
  }

  #reportClosed(cause: Error | undefined): void {
    this.#open = false;
    if (this.#closedReported) return;
    this.#closedReported = true;
    this.#options.onClosed(cause);
  }
}
