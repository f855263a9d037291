import type { HostConfig } from '../config/hostConfig.ts';

/** Signature algorithms for the key types that have others than their own name (RFC 8332 §3). */
const ALGORITHMS_OF_TYPE: ReadonlyMap<string, readonly string[]> = new Map([
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']],
  [
    'ssh-rsa-cert-v01@openssh.com',
    ['rsa-sha2-512-cert-v01@openssh.com', 'rsa-sha2-256-cert-v01@openssh.com', 'ssh-rsa-cert-v01@openssh.com'],
  ],
]);

/** Tells why the configuration keeps OpenSSH from using a key of this type; undefined when it does not. */
export function configuredRefusal(config: HostConfig, keyType: string | undefined): string | undefined {
  const { preferredAuthentications, pubkeyAcceptedAlgorithms } = config;
  if (!config.pubkeyAuthentication) {
    return `the OpenSSH configuration says PubkeyAuthentication no for ${config.host}`;
  }
  if (preferredAuthentications?.includes('publickey') === false) {
    return `PreferredAuthentications in the OpenSSH configuration leaves publickey out for ${config.host}`;
  }
  if (keyType === undefined || pubkeyAcceptedAlgorithms === undefined) return undefined;
  const algorithms = ALGORITHMS_OF_TYPE.get(keyType) ?? [keyType];
  const accepted = algorithms.some((algorithm) => pubkeyAcceptedAlgorithms.includes(algorithm));
  return accepted ? undefined : `PubkeyAcceptedAlgorithms of OpenSSH does not include ${keyType}`;
}
