import type { AlgorithmOffer } from 'ssh2/lib/protocol/Protocol.js';
import { MSG } from '../ssh-wire/messages.ts';
import { sshMessage, uint32 } from '../ssh-wire/sshWriter.ts';

const direction = {
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  mac: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
    'hmac-sha1-96',
  ],
  compress: ['none'],
  lang: [],
} as const;

/** What the real SSH gateway offers, in its order; `kex-strict-s-v00@openssh.com` is added by ssh2. */
export const sshGatewayAlgorithms: AlgorithmOffer = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group14-sha1',
  ],
  serverHostKey: ['ssh-ed25519', 'rsa-sha2-256', 'rsa-sha2-512', 'ssh-rsa', 'ecdsa-sha2-nistp256'],
  cs: direction,
  sc: direction,
};

/** The user signature algorithms it takes, security keys' included. */
export const userSignatureAlgorithms: readonly string[] = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-256',
  'rsa-sha2-512',
  'ssh-rsa',
  'ssh-dss',
];

/** EXT_INFO (RFC 8308): the user signature algorithms, and that `ping@openssh.com` is answered. */
export const sshGatewayExtInfo: Buffer = sshMessage(
  MSG.EXT_INFO,
  uint32(2),
  'server-sig-algs',
  userSignatureAlgorithms.join(','),
  'ping@openssh.com',
  '0',
);
