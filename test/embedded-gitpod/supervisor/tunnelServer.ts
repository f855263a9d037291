import type { Duplex } from 'node:stream';
import {
  ChannelOpenFailureMessage,
  ChannelOpenMessage,
  SshAlgorithms,
  SshAuthenticationType,
  SshChannelOpenFailureReason,
  type SshDataReader,
  SshServerSession,
  SshSessionConfiguration,
} from '@microsoft/dev-tunnels-ssh';
import { relayChannel } from './relayChannel.ts';
import { SshLibraryStream } from './sshStream.ts';
import { decodeTunnelPortRequest, type TunnelPortRequest } from './tunnelPortRequest.ts';

/** CHANNEL_OPEN with what comes behind the fixed fields. */
class OpenMessageWithData extends ChannelOpenMessage {
  data = Buffer.alloc(0);

  override onRead(reader: SshDataReader): void {
    super.onRead(reader);
    this.data = Buffer.from(reader.read(reader.available));
  }
}

/**
 * Serves SSH on the bytes of a client of `/_supervisor/tunnel` (gitpod-wire §5.2): anybody is let in by `none`, the host
 * key is made for this connection, and a channel of any type leads to the port that its open message asks for.
 *
 * @param dial gives the connection; the text of its error is what the client gets
 */
export async function serveTunnels(
  stream: Duplex,
  dial: (request: TunnelPortRequest) => Promise<Duplex>,
): Promise<void> {
  const hostKey = await SshAlgorithms.publicKey['rsaWithSha512']?.generateKeyPair(2048);
  if (hostKey === undefined) throw new TypeError('this version of the SSH library has no RSA');
  if (stream.destroyed) return;
  const session = new SshServerSession(new SshSessionConfiguration());
  session.config.protocolExtensions.length = 0;
  session.credentials = { publicKeys: [hostKey] };
  session.onAuthenticating((event) => {
    if (event.authenticationType === SshAuthenticationType.clientNone)
      event.authenticationPromise = Promise.resolve({});
  });
  session.onChannelOpening((event) => {
    if (!event.isRemoteRequest) return;
    const { data } = event.request.convertTo(new OpenMessageWithData(), true);
    event.openingPromise = dialFor(data, dial).then(
      (target) => {
        relayChannel(event.channel, target);
        return event.channel.openConfirmationMessage;
      },
      (error: Error) => refusal(error.message),
    );
  });
  session.connect(new SshLibraryStream(stream)).catch(() => stream.destroy());
}

async function dialFor(data: Buffer, dial: (request: TunnelPortRequest) => Promise<Duplex>): Promise<Duplex> {
  return dial(decodeTunnelPortRequest(data));
}

function refusal(text: string): ChannelOpenFailureMessage {
  const message = new ChannelOpenFailureMessage();
  message.reasonCode = SshChannelOpenFailureReason.administrativelyProhibited;
  message.description = text;
  return message;
}
