import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/** What a server showed for a certificate, in the words of the certificate itself. */
export interface PresentedCertificate {
  /** Whom it is for. */
  readonly subject: string;
  /** Who issued the topmost certificate that came with it. */
  readonly issuer: string;
}

const presented = new WeakMap<Error, PresentedCertificate>();

/** The certificate that was refused with this error; undefined when it is not known. */
export function presentedCertificate(error: unknown): PresentedCertificate | undefined {
  return error instanceof Error ? presented.get(error) : undefined;
}

/** Remembers what the other side shows, in case it is refused: the socket has forgotten it by the time of the error. */
export function notePresentedCertificate(socket: TLSSocket): void {
  let shown: PresentedCertificate | undefined;
  // Node emits it after the handshake and before it judges the certificate.
  socket.prependOnceListener('secure', () => {
    shown = describe(socket.getPeerCertificate(true));
  });
  socket.prependOnceListener('error', (error) => {
    if (shown !== undefined) presented.set(error, shown);
  });
}

function describe(certificate: DetailedPeerCertificate): PresentedCertificate | undefined {
  if (certificate.subject === undefined) return undefined;
  let top = certificate;
  while (top.issuerCertificate !== undefined && top.issuerCertificate.fingerprint256 !== top.fingerprint256) {
    top = top.issuerCertificate;
  }
  return { subject: nameOf(certificate.subject), issuer: nameOf(top.issuer) };
}

function nameOf({ CN, O }: { readonly CN?: unknown; readonly O?: unknown }): string {
  const names = [CN, O].flat().filter((name) => typeof name === 'string' && name !== '');
  return [...new Set(names)].join(', ');
}
