import { connect } from 'node:net';
import type { SshKeyPair } from '../../../embedded-gitpod/ssh-wire/keyPair.ts';
import { MSG } from '../../../embedded-gitpod/ssh-wire/messages.ts';
import { signSsh } from '../../../embedded-gitpod/ssh-wire/sign.ts';
import { SshReader } from '../../../embedded-gitpod/ssh-wire/sshReader.ts';
import { type SshStream, SshTransport } from '../../../embedded-gitpod/ssh-wire/sshTransport.ts';
import {
  boolean,
  raw,
  type SshField,
  sshFields,
  sshMessage,
  uint32,
} from '../../../embedded-gitpod/ssh-wire/sshWriter.ts';
import { EventQueue } from './eventQueue.ts';

/**
 * An SSH client that sends just what it is told and puts down what comes back, in the notation of the recorded
 * transcripts: `F`, `D`, `success`, `G`, `O`, `data "…"` and so on.
 */
export class RawSshClient implements AsyncDisposable {
  readonly events = new EventQueue<string>();
  readonly signatureAlgorithms: string[] = [];
  readonly #socket: SshStream;
  readonly #transport: SshTransport;
  /** The server's number of the channel that was opened last. */
  #channel = 0;
  #channelsOpened = 0;

  /** Resolves once the first key exchange is done. */
  static connect(port: number): Promise<RawSshClient> {
    return RawSshClient.over(connect({ port, host: '127.0.0.1' }));
  }

  /** The same over any stream. */
  static over(stream: SshStream): Promise<RawSshClient> {
    return new Promise((resolve, reject) => {
      const client: RawSshClient = new RawSshClient(stream, () => resolve(client), reject);
    });
  }

  private constructor(stream: SshStream, onReady: () => void, onFailed: (cause: Error) => void) {
    this.#socket = stream;
    this.#socket.on('end', () => this.events.push('tcp_eof'));
    this.#transport = new SshTransport(this.#socket, {
      ident: 'raw-test-client',
      onReady: () => {
        this.#transport.send(sshMessage(MSG.SERVICE_REQUEST, 'ssh-userauth'));
        onReady();
      },
      onMessage: (payload) => {
        const event = this.#describe(payload);
        if (event !== undefined) this.events.push(event);
      },
      onDisconnect: (reason, text) => this.events.push(`disconnect ${reason} "${text}"`),
      onExtInfo: (algorithms) => this.signatureAlgorithms.push(...algorithms),
      onClosed: (cause) => onFailed(cause ?? new Error('closed before the key exchange')),
    });
  }

  get isOpen(): boolean {
    return this.#transport.isOpen;
  }

  none(user: string): void {
    this.authenticate(user, 'none');
  }

  password(user: string, password: string): void {
    this.authenticate(user, 'password', boolean(false), password);
  }

  /** Asks whether a key would do. */
  queryKey(user: string, algorithm: string, blob: Buffer): void {
    this.authenticate(user, 'publickey', boolean(false), algorithm, blob);
  }

  /** Signs with a key; `spoil` breaks the signature. */
  signWithKey(user: string, algorithm: string, key: SshKeyPair, options: { readonly spoil?: boolean } = {}): void {
    const request = sshMessage(
      MSG.USERAUTH_REQUEST,
      user,
      'ssh-connection',
      'publickey',
      boolean(true),
      algorithm,
      key.blob,
    );
    const signature = signSsh(key, algorithm, sshFields(this.#transport.sessionId, raw(request)));
    if (options.spoil) signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1);
    this.#transport.send(Buffer.concat([request, sshFields(signature)]));
  }

  authenticate(user: string, method: string, ...fields: readonly SshField[]): void {
    this.#transport.send(sshMessage(MSG.USERAUTH_REQUEST, user, 'ssh-connection', method, ...fields));
  }

  /** Opens a channel of any type. */
  open(type: string, ...fields: readonly SshField[]): void {
    const channel = this.#channelsOpened++;
    this.#transport.send(
      sshMessage(MSG.CHANNEL_OPEN, type, uint32(channel), uint32(2 ** 21), uint32(2 ** 15), ...fields),
    );
  }

  openSession(): void {
    this.open('session');
  }

  openDirectTcpip(host: string, port: number): void {
    this.open('direct-tcpip', host, uint32(port), '127.0.0.1', uint32(0));
  }

  /** A request on the channel that was opened last. */
  request(type: string, ...fields: readonly SshField[]): void {
    this.#transport.send(sshMessage(MSG.CHANNEL_REQUEST, uint32(this.#channel), type, boolean(true), ...fields));
  }

  /** A window-change, which wants no reply. */
  windowChange(cols: number, rows: number): void {
    const size = [uint32(cols), uint32(rows), uint32(0), uint32(0)];
    this.#transport.send(
      sshMessage(MSG.CHANNEL_REQUEST, uint32(this.#channel), 'window-change', boolean(false), ...size),
    );
  }

  data(bytes: string): void {
    this.#transport.send(sshMessage(MSG.CHANNEL_DATA, uint32(this.#channel), bytes));
  }

  endOfData(): void {
    this.#transport.send(sshMessage(MSG.CHANNEL_EOF, uint32(this.#channel)));
  }

  globalRequest(name: string, ...fields: readonly SshField[]): void {
    this.#transport.send(sshMessage(MSG.GLOBAL_REQUEST, name, boolean(true), ...fields));
  }

  /** `ping@openssh.com` (OpenSSH PROTOCOL §1.8). */
  ping(data: string): void {
    this.#transport.send(sshMessage(MSG.PING, data));
  }

  rekey(): void {
    this.#transport.rekey();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.closed) return;
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.destroy();
    await closed;
  }

  #describe(payload: Buffer): string | undefined {
    const reader = new SshReader(payload, 1);
    switch (payload[0]) {
      case MSG.SERVICE_ACCEPT:
      case MSG.CHANNEL_WINDOW_ADJUST:
        return undefined;
      case MSG.USERAUTH_FAILURE:
        return { 'password,publickey': 'F', '': 'D' }[reader.text()] ?? `failure ${payload.toString('hex')}`;
      case MSG.USERAUTH_SUCCESS:
        return 'success';
      case MSG.USERAUTH_PK_OK:
        return 'pk_ok';
      case MSG.GLOBAL_REQUEST: {
        const name = reader.text();
        return name === 'hostkeys-00@openssh.com' ? 'G' : `global ${name}`;
      }
      case MSG.REQUEST_SUCCESS:
        return reader.remaining === 4 ? 'req_ok uint32' : `req_ok ${reader.remaining}`;
      case MSG.REQUEST_FAILURE:
        return 'request_failure';
      case MSG.CHANNEL_OPEN_CONFIRMATION: {
        reader.uint32();
        this.#channel = reader.uint32();
        const sizes = `${reader.uint32()} ${reader.uint32()}`;
        return sizes === '2097152 32768' ? 'O' : `open ${sizes}`;
      }
      case MSG.CHANNEL_OPEN_FAILURE:
        reader.uint32();
        return `open_fail ${reader.uint32()} "${reader.text()}"`;
      default:
        return describeChannelMessage(payload[0], reader);
    }
  }
}

function describeChannelMessage(number: number | undefined, reader: SshReader): string {
  if (number === MSG.PONG) return `pong ${reader.text()}`;
  reader.uint32();
  switch (number) {
    case MSG.CHANNEL_DATA:
      return `data ${JSON.stringify(reader.text())}`;
    case MSG.CHANNEL_EXTENDED_DATA:
      reader.uint32();
      return `stderr ${JSON.stringify(reader.text())}`;
    case MSG.CHANNEL_EOF:
      return 'ch_eof';
    case MSG.CHANNEL_CLOSE:
      return 'ch_close';
    case MSG.CHANNEL_SUCCESS:
      return 'chan_success';
    case MSG.CHANNEL_FAILURE:
      return 'chan_failure';
    case MSG.CHANNEL_REQUEST: {
      const type = reader.text();
      reader.boolean();
      return type === 'exit-status' ? `exit-status=${reader.uint32()}` : `${type}=${reader.text()}`;
    }
    default:
      return `message ${number}`;
  }
}
