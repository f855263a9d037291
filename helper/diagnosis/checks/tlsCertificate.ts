import { certificateFailure, networkFailure } from '../../account/networkFailure.ts';
import { amiss, type Check, failed, ok } from '../check.ts';

const soonMs = 14 * 24 * 3_600_000;

/** The installation's certificate: trusted, by whose authority, until when; whether somebody opens the connection. */
export const tlsCertificate: Check = {
  id: 'tls',
  area: 'Network',
  title: 'TLS',
  after: ['tcp'],
  examine: async (examination) => {
    const { host } = examination.subject.installation;
    const shown = await examination.tls().catch((error: unknown) => {
      throw networkFailure(error, host);
    });
    if (shown.refusal !== undefined) return failed(certificateFailure(shown.refusal, host, shown));
    const { protocol, handshakeMs, issuer, validTo, isPublicAuthority } = shown;
    const authority = isPublicAuthority
      ? `"${issuer}"`
      : `"${issuer}", an authority of this machine's, your company's or the installation's own`;
    const value = `${protocol} (${handshakeMs} ms); issued by ${authority}; valid until ${validTo.toISOString().slice(0, 10)}`;
    if (!isPublicAuthority && isPublicInstallation(host)) {
      const text = 'A proxy or antivirus opens the connection: ask your administrators to leave this host alone';
      return amiss('warning', value, [{ action: 'CHANGE_SETTING', text }]);
    }
    if (validTo.getTime() - Date.now() > soonMs) return ok(value);
    const text = 'Tell the administrators of the installation that the certificate expires soon';
    return amiss('warning', value, [{ action: 'CHANGE_SETTING', text }]);
  },
};

/** Gitpod's own installation has a certificate of a public authority, always. */
function isPublicInstallation(host: string): boolean {
  return host === 'gitpod.io';
}
