import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** What a JetBrains client found at a join link. */
export interface Welcome {
  /** The backend's certificate is the one that the link pins by `fp`. */
  readonly fingerprintMatches: boolean;
  /** The backend's first line. */
  readonly firstLine: string;
  readonly socket: TLSSocket;
}

/** Joins as a JetBrains client does: TLS 1.3 to the link's port, certificate pinned, the one-time ticket first. */
export async function join(joinLink: string): Promise<Welcome> {
  const url = new URL(joinLink);
  const parameters = new URLSearchParams(url.hash.slice(1));
  const transport = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
  const socket = connectTls({
    socket: transport,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false, // pinned by its fingerprint instead
    checkServerIdentity: () => undefined,
  });
  await Promise.race([once(socket, 'secureConnect'), rejectOnClose(socket)]);
  const fingerprint = socket.getPeerCertificate().fingerprint256.replaceAll(':', '');
  socket.write(`jt=${parameters.get('jt')}\n`);
  const firstLine = await readLine(socket);
  return { fingerprintMatches: fingerprint === parameters.get('fp')?.toUpperCase(), firstLine, socket };
}

async function readLine(socket: TLSSocket): Promise<string> {
  let text = '';
  for (;;) {
    const [chunk] = await Promise.race([once(socket, 'data'), rejectOnClose(socket)]);
    text += String(chunk);
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
}

async function rejectOnClose(socket: TLSSocket): Promise<never> {
  await once(socket, 'close');
  throw new Error('the backend closed the connection');
}
