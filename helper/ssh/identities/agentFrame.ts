import { SshKeyFormatError } from '../errors.ts';
import { tryParseKeyBlob } from './keyBlob.ts';
import type { PublicKey } from './publicKey.ts';
import { SshWireReader, sshString, sshUint32 } from './sshWire.ts';

// Message numbers of the agent protocol (draft-ietf-sshm-ssh-agent §6.1).
const SSH_AGENT_FAILURE = 5;
const SSH_AGENTC_REQUEST_IDENTITIES = 11;
const SSH_AGENT_IDENTITIES_ANSWER = 12;
const SSH_AGENTC_SIGN_REQUEST = 13;
const SSH_AGENT_SIGN_RESPONSE = 14;

/** OpenSSH's own limit for an agent message. */
export const MAX_AGENT_MESSAGE_BYTES = 256 * 1024;

export type AgentAnswer<Value> = { readonly kind: 'answer'; readonly value: Value } | { readonly kind: 'failure' };

export function identitiesRequest(): Buffer {
  return frame(Buffer.of(SSH_AGENTC_REQUEST_IDENTITIES));
}

export function signRequest(blob: Buffer, data: Buffer, flags: number): Buffer {
  return frame(Buffer.concat([Buffer.of(SSH_AGENTC_SIGN_REQUEST), sshString(blob), sshString(data), sshUint32(flags)]));
}

/** Takes the first whole message out of what has arrived; undefined while it is not whole. Throws SshKeyFormatError over the limit. */
export function takeMessage(received: Buffer): Buffer | undefined {
  if (received.length < 4) return undefined;
  const length = received.readUInt32BE();
  if (length === 0 || length > MAX_AGENT_MESSAGE_BYTES) {
    throw new SshKeyFormatError(`the agent announces a message of ${length} bytes`);
  }
  return received.length < 4 + length ? undefined : received.subarray(4, 4 + length);
}

/** Keeps keys of every type; one without a readable type is called `unknown`. Throws SshKeyFormatError when malformed. */
export function parseIdentitiesAnswer(message: Buffer): AgentAnswer<readonly PublicKey[]> {
  return parseAnswer(message, SSH_AGENT_IDENTITIES_ANSWER, (reader) => {
    const count = reader.readUint32();
    const identities: PublicKey[] = [];
    for (let index = 0; index < count; index++) {
      const blob = Buffer.from(reader.readString());
      identities.push({
        type: tryParseKeyBlob(blob)?.type ?? 'unknown',
        blob,
        comment: reader.readString().toString('utf8'),
      });
    }
    return identities;
  });
}

/** Gives the signature blob. Throws SshKeyFormatError when malformed. */
export function parseSignResponse(message: Buffer): AgentAnswer<Buffer> {
  return parseAnswer(message, SSH_AGENT_SIGN_RESPONSE, (reader) => Buffer.from(reader.readString()));
}

function parseAnswer<Value>(
  message: Buffer,
  expected: number,
  read: (reader: SshWireReader) => Value,
): AgentAnswer<Value> {
  const reader = new SshWireReader(message);
  const number = reader.readByte();
  if (number === SSH_AGENT_FAILURE) return { kind: 'failure' };
  if (number !== expected) throw new SshKeyFormatError(`the agent answers with message ${number}, not ${expected}`);
  const value = read(reader);
  reader.expectEnd();
  return { kind: 'answer', value };
}

function frame(message: Buffer): Buffer {
  return sshString(message);
}
