import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { writePrivateFile } from '../../ssh/openssh/privateFile.ts';
import type { WorkspaceRef } from '../../workspaces/workspace.ts';
import { openCompanionWay } from '../companion/openCompanionWay.ts';
import type { ConnectContext } from '../connectWorkspace.ts';
import { fetchHostKeys, givesNoHostKeys } from '../hostKeys.ts';
import { OwnerToken } from '../ownerToken.ts';
import { reachableWorkspace } from '../reachableWorkspace.ts';
import { openSshFailure } from './openSshFailure.ts';
import { openSshFiles } from './openSshFiles.ts';

/**
 * Opens what carries OpenSSH's connection to a workspace that is named by its bare id: the Local Companion's way. The
 * supervisor's key and host key are where the managed configuration says before anything can be read from the stream.
 * The key opens nothing without the owner token, which opens the tunnel.
 *
 * @throws Failure as openCompanionWay; WORKSPACE_STOPPED and the like before anything is dialled.
 */
export async function openCompanionProxyStream(
  ref: WorkspaceRef,
  context: ConnectContext,
  signal: AbortSignal,
): Promise<Duplex> {
  const controlPlane = context.accounts.controlPlane(ref.installation);
  const record = await controlPlane.getWorkspace(ref.workspaceId, signal);
  const { address } = reachableWorkspace(ref, record);
  const { origin, sshUser: name } = address;
  const { stream, keyPair, hostKey } = await openCompanionWay({
    ref,
    origin,
    ownerToken: new OwnerToken(controlPlane, ref.workspaceId, signal),
    network: context.network,
    sshGatewayMayBeOff: () => givesNoHostKeys(fetchHostKeys(origin, context.network, signal)),
    signal,
  });
  try {
    const files = openSshFiles(context);
    const known = `* ${hostKey.type} ${hostKey.blob.toString('base64')}\n`;
    await writePrivateFile(join(files.companionKnownHosts, name), known);
    await writePrivateFile(join(files.companionKeys, name), keyPair.privateKey.reveal());
    return stream;
  } catch (error) {
    stream.destroy();
    throw openSshFailure(error);
  }
}
