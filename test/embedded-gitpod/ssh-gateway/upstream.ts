import type { Socket } from 'node:net';
import { FIRST_CONNECTION_MESSAGE, MSG } from '../ssh-wire/messages.ts';
import { SshTransport } from '../ssh-wire/sshTransport.ts';
import { boolean, sshMessage } from '../ssh-wire/sshWriter.ts';

export interface UpstreamOptions {
  /** A TCP connection to the workspace's SSH server, perhaps still being made. */
  readonly socket: Socket;
  readonly user: string;
  readonly password: string;
  /** Authenticated: messages may be sent from now on. */
  readonly onReady: () => void;
  /** A message of the connection protocol. */
  readonly onMessage: (payload: Buffer) => void;
  /** It never came up, or it is gone. */
  readonly onClosed: () => void;
}

/** The SSH gateway's own connection to a workspace's SSH server, as its client; the host key is not looked at. */
export function connectUpstream(options: UpstreamOptions): SshTransport {
  const transport: SshTransport = new SshTransport(options.socket, {
    ident: 'Go',
    onReady: () => transport.send(sshMessage(MSG.SERVICE_REQUEST, 'ssh-userauth')),
    onMessage: (payload) => {
      const number = payload[0] ?? 0;
      if (number >= FIRST_CONNECTION_MESSAGE) options.onMessage(payload);
      else if (number === MSG.SERVICE_ACCEPT) transport.send(passwordRequest(options));
      else if (number === MSG.USERAUTH_SUCCESS) options.onReady();
      else transport.close();
    },
    onClosed: options.onClosed,
  });
  return transport;
}

function passwordRequest({ user, password }: UpstreamOptions): Buffer {
  return sshMessage(MSG.USERAUTH_REQUEST, user, 'ssh-connection', 'password', boolean(false), password);
}
