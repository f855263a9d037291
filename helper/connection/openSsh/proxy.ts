import type { Duplex, Readable, Writable } from 'node:stream';
import { Failure, failure } from '../../failures.ts';
import { log } from '../../log.ts';
import { Deadline, raceSignal } from '../../platform/deadline.ts';
import type { Identity } from '../../ssh/identities/identity.ts';
import type { WorkspaceRef } from '../../workspaces/workspace.ts';
import type { ConnectContext } from '../connectWorkspace.ts';
import { dialByUserProxy } from '../dialByUserProxy.ts';
import { dialSshGateway } from '../dialSshGateway.ts';
import { identificationString } from '../identificationString.ts';
import { OwnerToken } from '../ownerToken.ts';
import { planWorkspace } from '../planWorkspace.ts';
import { reachableWorkspace } from '../reachableWorkspace.ts';
import { openWebSocketTunnel } from '../webSocketTunnel.ts';
import { isOfferedByOpenSsh } from './pinnedIdentity.ts';

/** A server sends its identification string at once; one that has not within this time is a firewall that stalls. */
const identificationTimeoutMs = 5_000;

/**
 * Opens what carries OpenSSH's connection to a workspace, for each connection anew: TCP when the key that OpenSSH offers is
 * registered and signs and the SSH gateway answers, by the user's own way to it if there is one, else the WebSocket, where
 * OpenSSH's first request, `none`, succeeds. Where neither works, TCP for whoever can type a password.
 *
 * @param keyFingerprint of the one key that OpenSSH was given to offer; undefined when it has none.
 * @throws Failure WORKSPACE_STOPPED and the like before anything is dialled, or why no way is open.
 */
export async function openProxyStream(
  ref: WorkspaceRef,
  keyFingerprint: string | undefined,
  context: ConnectContext,
  signal: AbortSignal,
): Promise<Duplex> {
  const controlPlane = context.accounts.controlPlane(ref.installation);
  const record = await controlPlane.getWorkspace(ref.workspaceId, signal);
  const { address } = reachableWorkspace(ref, record);
  const isOffered = (identity: Identity) =>
    keyFingerprint !== undefined && isOfferedByOpenSsh(identity, keyFingerprint);
  const plan = await planWorkspace(ref, record, { useLocalApp: false, isOffered }, context, signal);
  const byKey = plan.routes.some(({ method, verdict }) => method === 'SSH_GATEWAY_KEY' && verdict === 'CHOSEN');
  const { userProxy } = plan;
  const overTcp = () =>
    userProxy === undefined
      ? answeringSshGateway(address.sshHost, context, signal)
      : dialByUserProxy(userProxy, address.sshHost, context.sshPort, context.openSsh, signal);
  const ownerToken = new OwnerToken(controlPlane, ref.workspaceId, signal);
  const overWebSocket = () =>
    openWebSocketTunnel({ ref, origin: address.origin, ownerToken, network: context.network, signal });
  return byKey ? firstThatOpens([overTcp, overWebSocket]) : firstThatOpens([overWebSocket, overTcp]);
}

/**
 * Carries bytes between OpenSSH and the stream until either side ends.
 *
 * @throws the stream's error; or the signal's reason.
 */
export async function carry(stream: Duplex, input: Readable, output: Writable, signal: AbortSignal): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => {
    stream.once('close', resolve);
    stream.once('error', reject);
  });
  input.pipe(stream);
  stream.pipe(output, { end: false });
  input.once('close', () => stream.destroy()); // OpenSSH is gone
  try {
    await raceSignal(closed, signal);
  } finally {
    stream.destroy();
  }
}

/** The last failure is told: it is the one of the way that asks for nothing. */
async function firstThatOpens(ways: readonly (() => Promise<Duplex>)[]): Promise<Duplex> {
  let first: unknown;
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.info('proxy.way_closed', { code: error.code, cause: error.cause });
      first ??= error;
    }
  }
  throw first;
}

/** A port that accepts connections and then stalls is as good as closed. */
async function answeringSshGateway(host: string, context: ConnectContext, signal: AbortSignal): Promise<Duplex> {
  const { network, sshPort } = context;
  const stream = await dialSshGateway(host, sshPort, network, signal);
  using deadline = new Deadline('the identification string', identificationTimeoutMs, signal);
  try {
    await identificationString(stream, deadline.signal);
    return stream;
  } catch (error) {
    signal.throwIfAborted();
    const problem = 'it accepts connections, then does not answer';
    throw failure('PORT_22_BLOCKED', { host, port: String(sshPort), problem }, error);
  }
}
