import { ChannelOpenMessage, type SshDataWriter } from '@microsoft/dev-tunnels-ssh';

/** CHANNEL_OPEN (RFC 4254 §5.1) of type `tunnel`, with bytes of its own behind the fixed fields. */
export class TunnelOpenMessage extends ChannelOpenMessage {
  readonly #data: Buffer;

  constructor(data: Buffer) {
    super();
    this.channelType = 'tunnel';
    this.#data = data;
  }

  override onWrite(writer: SshDataWriter): void {
    super.onWrite(writer);
    writer.write(this.#data);
  }
}
