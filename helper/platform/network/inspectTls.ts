import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  connect as connectTls,
  type DetailedPeerCertificate,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { raceSignal } from '../deadline.ts';

/** What a server shows when TLS with it begins. */
export interface TlsInspection {
  /** Node's code for why its certificate is refused, such as CERT_HAS_EXPIRED; undefined when it is accepted. */
  readonly refusal: string | undefined;
  /** Whom its certificate is for, and who issued the topmost one that came with it. */
  readonly subject: string;
  readonly issuer: string;
  readonly validTo: Date;
  /** Whether the topmost one is, or was issued by, an authority that browsers and Node know. */
  readonly isPublicAuthority: boolean;
  /** `TLSv1.3`. */
  readonly protocol: string;
  readonly connectMs: number;
  readonly handshakeMs: number;
}

/**
 * Begins TLS with a server, looks at what it shows, and closes: nothing is sent, so that a certificate which is refused
 * can be told about.
 *
 * @param dial opens the connection, through a proxy where there is one.
 * @throws what `dial` throws, Node's own error when there is no TLS, or the signal's reason.
 */
export async function inspectTls(
  hostname: string,
  dial: () => Promise<Socket>,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<TlsInspection> {
  const startedAt = performance.now();
  const socket = await dial();
  const connectedAt = performance.now();
  // Looked at, never trusted: nothing goes over this connection.
  const secured = connectTls({ socket, servername: hostname, secureContext, rejectUnauthorized: false });
  try {
    await raceSignal(untilSecure(secured), signal);
    return {
      ...describeChain(secured.getPeerCertificate(true)),
      refusal: secured.authorized ? undefined : codeOf(secured.authorizationError),
      protocol: secured.getProtocol() ?? '',
      connectMs: Math.round(connectedAt - startedAt),
      handshakeMs: Math.round(performance.now() - connectedAt),
    };
  } finally {
    secured.on('error', () => undefined);
    secured.destroy();
    socket.destroy();
  }
}

function untilSecure(secured: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    secured.once('secureConnect', resolve);
    secured.once('error', reject);
    secured.once('close', () => reject(Object.assign(new Error('closed during the handshake'), { code: 'EPROTO' })));
  });
}

/** Node's types say Error, but it is the code itself. */
function codeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describeChain(certificate: DetailedPeerCertificate) {
  let top = certificate;
  while (top.issuerCertificate !== undefined && top.issuerCertificate.fingerprint256 !== top.fingerprint256) {
    top = top.issuerCertificate;
  }
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(top.issuer),
    validTo: new Date(certificate.valid_to),
    isPublicAuthority: isPublic(top),
  };
}

function isPublic({ raw }: DetailedPeerCertificate): boolean {
  const top = new X509Certificate(raw);
  return rootCertificates.some((pem) => {
    const root = new X509Certificate(pem);
    return root.fingerprint256 === top.fingerprint256 || top.checkIssued(root);
  });
}

function nameOf({ CN, O }: { readonly CN?: unknown; readonly O?: unknown }): string {
  const names = [CN, O].flat().filter((name) => typeof name === 'string' && name !== '');
  return [...new Set(names)].join(', ');
}
