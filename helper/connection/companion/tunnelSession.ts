/** In the bundle this file is a chunk of its own, loaded at first use: nothing else may import it but dynamically. */
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type SshChannel, SshClientSession, SshSessionConfiguration } from '@microsoft/dev-tunnels-ssh';
import { TunnelChannel } from './tunnelChannel.ts';
import { TunnelOpenMessage } from './tunnelOpenMessage.ts';
import { encodeTunnelPortRequest } from './tunnelPortRequest.ts';
import { TunnelTransport } from './tunnelTransport.ts';

/** CHANNEL_OPEN_FAILURE's reason for a channel type that is not served (RFC 4254 §5.1). */
const unknownChannelType = 3;

/** The outer SSH connection, between here and the workspace's supervisor. Disposing closes it and what carries it. */
export class TunnelSession implements Disposable {
  readonly #session: SshClientSession;
  readonly #clientId = randomUUID();
  readonly #streams = new WeakMap<SshChannel, TunnelChannel>();

  /**
   * Speaks SSH with the supervisor over a stream, which belongs to the session from here on.
   *
   * @throws the library's own error; end the wait for a silent peer by destroying the stream.
   */
  static async connect(stream: Duplex): Promise<TunnelSession> {
    const session = new TunnelSession();
    try {
      await session.#connect(stream);
      return session;
    } catch (error) {
      session[Symbol.dispose]();
      stream.destroy();
      throw error;
    }
  }

  private constructor() {
    this.#session = new SshClientSession(configuration());
    // The supervisor makes a host key for each connection, so that it proves nothing. Who is at the other end has been
    // proven already: the TLS certificate of the workspace's host, and the owner token in the WebSocket's header.
    this.#session.onAuthenticating((event) => {
      event.authenticationPromise = Promise.resolve({});
    });
    this.#session.onChannelOpening((event) => {
      if (event.isRemoteRequest) {
        event.failureReason = unknownChannelType;
        event.failureDescription = 'the supervisor may open no channel';
      } else {
        // Before anybody can know of the channel: data that nobody listens for is lost.
        this.#streams.set(event.channel, new TunnelChannel(event.channel));
      }
    });
  }

  async #connect(stream: Duplex): Promise<void> {
    await this.#session.connect(new TunnelTransport(stream));
    const isIn = await this.#session.authenticate({ username: '' });
    if (!isIn) throw new Error('the supervisor wants authentication');
  }

  /**
   * Opens a channel to a port in the workspace.
   *
   * @throws the library's error: with the supervisor's own words when it refuses, or that the connection is gone.
   */
  async open(port: number): Promise<Duplex> {
    const request = encodeTunnelPortRequest({ port, targetPort: port, clientId: this.#clientId });
    const channel = await this.#session.openChannel(new TunnelOpenMessage(request));
    const stream = this.#streams.get(channel);
    if (stream === undefined) throw new Error('a channel was opened without being told of');
    return stream;
  }

  [Symbol.dispose](): void {
    this.#session.dispose();
  }
}

/** Plain SSH without Microsoft's extensions; `none` is the supervisor's only method. */
function configuration(): SshSessionConfiguration {
  const made = new SshSessionConfiguration();
  made.protocolExtensions.length = 0;
  const none = made.authenticationMethods.filter((method) => String(method) === 'none');
  made.authenticationMethods.splice(0, made.authenticationMethods.length, ...none);
  return made;
}
