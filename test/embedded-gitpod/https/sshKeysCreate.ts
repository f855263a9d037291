import { generateSshKeyPair, type SshKeyPair } from '../ssh-wire/keyPair.ts';
import { type Answer, answer, json } from './answer.ts';

/**
 * `/_supervisor/v1/ssh_keys/create` as the workspace proxy answers it while the SSH gateway is on, in the supervisor's place
 * (gitpod-wire §4.8): a fresh key that nothing registers, and the SSH gateway's host key, one that is not RSA if there is.
 */
export async function createSshKeys(hostKeys: readonly SshKeyPair[]): Promise<Answer> {
  const { privateKeyText } = await generateSshKeyPair('ecdsa');
  const hostKey = hostKeys.find(({ type }) => type !== 'ssh-rsa') ?? hostKeys[0];
  return answer(
    200,
    JSON.stringify({
      privateKey: privateKeyText,
      userName: 'gitpod',
      hostKey: { type: hostKey?.type, value: hostKey?.blob.toString('base64') },
    }),
    json,
  );
}
