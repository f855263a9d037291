import type { Connection } from 'ssh2';
import type Protocol from 'ssh2/lib/protocol/Protocol.js';
import type { SshKeyPair } from '../ssh-wire/keyPair.ts';
import { MSG } from '../ssh-wire/messages.ts';
import { sendPayload } from '../ssh-wire/sendPayload.ts';
import { signSsh } from '../ssh-wire/sign.ts';
import { SshReader } from '../ssh-wire/sshReader.ts';
import { boolean, sshFields, sshMessage } from '../ssh-wire/sshWriter.ts';
import { protocolOf } from './protocolOf.ts';

const proofRequest = 'hostkeys-prove-00@openssh.com';

/**
 * Announces the workspace's own host key once the client is in, and proves it when asked (OpenSSH PROTOCOL §2.5). Through
 * the SSH gateway the proof is over another session than the client's and never verifies, as with the real one.
 */
export function announceHostKey(connection: Connection, hostKey: SshKeyPair): void {
  const protocol = protocolOf(connection);
  sendPayload(protocol, sshMessage(MSG.GLOBAL_REQUEST, 'hostkeys-00@openssh.com', boolean(false), hostKey.blob));
  const answerOthers = protocol._handlers.GLOBAL_REQUEST;
  protocol._handlers.GLOBAL_REQUEST = (from, name, wantReply, data) => {
    if (name === proofRequest && Buffer.isBuffer(data)) sendPayload(from, proof(protocol, hostKey, data));
    else answerOthers?.(from, name, wantReply, data);
  };
}

function proof(protocol: Protocol, hostKey: SshKeyPair, wanted: Buffer): Buffer {
  const asked = new SshReader(wanted).bytes();
  if (!asked.equals(hostKey.blob)) return sshMessage(MSG.REQUEST_FAILURE);
  const signature = signSsh(hostKey, hostKey.type, sshFields(proofRequest, protocol._kex.sessionID, hostKey.blob));
  return sshMessage(MSG.REQUEST_SUCCESS, signature);
}
