import type { Client } from 'ssh2';
import type { SshAuthentication } from './authentication.ts';
import { rawSignature } from './signatureBlob.ts';
import { signatureAlgorithm } from './signer.ts';

/** The one version of ssh2 whose inside this file knows. */
const knownVersion = '1.17.0';

/** What of ssh2's internal protocol object is used here. */
interface Protocol {
  service(name: string): void;
  authNone(user: string): void;
  authPassword(user: string, password: string): void;
  authPK(
    user: string,
    key: string,
    algorithm: string,
    sign: (data: Buffer, done: (signature: Buffer) => void) => void,
  ): void;
}

/**
 * Saves two of the round trips that stock ssh2 spends on authentication: it asks whether a key would do before it signs,
 * and it waits for SERVICE_ACCEPT before the first request. RFC 4252 wants neither. The first request is sent right
 * behind SERVICE_REQUEST, signed at once. Nothing leaves before the host key verifier has said yes, since ssh2 holds its
 * NEWKEYS until then.
 *
 * ssh2 is told that it authenticates by `none`; the request it then makes is the one prepared here.
 *
 * @param authentication what to send, once it is known; a rejection is reported to `onFailure`.
 * @returns false when this is not the version of ssh2 that is known here; then nothing was changed.
 */
export function sendAuthenticationEarly(
  client: Client,
  options: {
    readonly ssh2Version: string;
    readonly user: string;
    readonly authentication: () => Promise<SshAuthentication>;
    readonly signal: AbortSignal;
    readonly onFailure: (error: unknown) => void;
  },
): boolean {
  const protocol: unknown = Reflect.get(client, '_protocol');
  if (options.ssh2Version !== knownVersion || !isKnownProtocol(protocol)) return false;

  const authNone = protocol.authNone.bind(protocol);
  const service = protocol.service.bind(protocol);
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    options
      .authentication()
      .then((authentication) => send(protocol, authNone, authentication, options.user, options.signal))
      .catch(options.onFailure);
  };
  protocol.service = (name) => {
    service(name);
    begin();
  };
  protocol.authNone = begin;
  return true;
}

async function send(
  protocol: Protocol,
  authNone: (user: string) => void,
  authentication: SshAuthentication,
  user: string,
  signal: AbortSignal,
): Promise<void> {
  switch (authentication.method) {
    case 'none':
      authNone(user);
      return;
    case 'password':
      protocol.authPassword(user, authentication.password.reveal());
      return;
    case 'publickey': {
      const { signer } = authentication;
      const { type, blob } = signer.publicKey;
      const algorithm = signatureAlgorithm(type, 'sha512');
      await new Promise<void>((resolve, reject) => {
        protocol.authPK(user, `${type} ${blob.toString('base64')}`, algorithm, (data, done) => {
          signer
            .sign(data, algorithm, signal)
            .then((signature) => done(rawSignature(signature)))
            .then(resolve, reject);
        });
      });
      return;
    }
  }
}

function isKnownProtocol(value: unknown): value is Protocol {
  if (typeof value !== 'object' || value === null) return false;
  return ['service', 'authNone', 'authPassword', 'authPK'].every(
    (name) => typeof Reflect.get(value, name) === 'function',
  );
}
