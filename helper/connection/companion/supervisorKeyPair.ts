import type { Network } from '../../platform/network/network.ts';
import { Secret } from '../../platform/secret.ts';
import { callGrpcWeb } from './grpcWebCall.ts';
import { lengthDelimitedFields } from './protobufFields.ts';

/** What the supervisor gives for SSH to the workspace's own server. */
export interface SupervisorKeyPair {
  /** As ssh-keygen writes it; the public half is in the workspace's authorized keys. */
  readonly privateKey: Secret;
  readonly userName: string;
  /** The server's own key; undefined when the supervisor does not give it. */
  readonly hostKey: { readonly type: string; readonly base64: string } | undefined;
}

/** The user of every workspace (gitpod-wire §5), for a supervisor that names none. */
const workspaceUser = 'gitpod';

/**
 * Asks the supervisor for its key pair by CreateSSHKeyPair (gitpod-wire §5). It is made once in a workspace's life; later
 * calls get the same one. By gRPC-Web, because the SSH gateway answers the REST path itself, with a key that opens nothing.
 *
 * @param origin of the workspace's host.
 * @throws GrpcWebError, ProtobufError, Node's own error when the host cannot be reached, or the signal's reason.
 */
export async function createSshKeyPair(
  origin: string,
  ownerToken: Secret,
  network: Network,
  signal: AbortSignal,
): Promise<SupervisorKeyPair> {
  const url = new URL('/_supervisor/v1/supervisor.ControlService/CreateSSHKeyPair', origin);
  const headers = { 'x-gitpod-owner-token': ownerToken.reveal() };
  const fields = lengthDelimitedFields(await callGrpcWeb(url, new Uint8Array(), headers, network, signal));
  const hostKey = fields.get(2);
  return {
    privateKey: new Secret(text(fields, 1)),
    userName: text(fields, 3) || workspaceUser,
    hostKey: hostKey === undefined ? undefined : parseHostKey(hostKey),
  };
}

function parseHostKey(message: Buffer): { readonly type: string; readonly base64: string } {
  const fields = lengthDelimitedFields(message);
  return { type: text(fields, 1), base64: text(fields, 2).trim() };
}

function text(fields: ReadonlyMap<number, Buffer>, number: number): string {
  return fields.get(number)?.toString('utf8') ?? '';
}
