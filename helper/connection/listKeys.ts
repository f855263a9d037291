import type { Installation } from '../account/installation.ts';
import { checkWorkspaceId } from '../workspaces/workspaceId.ts';
import type { Core } from './core.ts';
import { type KeyReport, readRegisteredKeys, reportKeys } from './keyReport.ts';
import { workspaceAddress } from './workspaceAddress.ts';

/**
 * Reports the keys for one workspace of an installation, or for any: the user's OpenSSH configuration is read for the SSH
 * host name of that workspace, or of the one used last.
 *
 * @param workspaceId '' for any.
 * @throws Failure WORKSPACE_ID_INVALID, SSH_CONFIG_INVALID, SIGN_IN_REQUIRED and those of the network.
 */
export async function listKeys(
  core: Core,
  installation: Installation,
  workspaceId: string,
  signal: AbortSignal,
): Promise<KeyReport> {
  const { accounts, openSsh } = core.context;
  const controlPlane = accounts.controlPlane(installation);
  const record =
    workspaceId === ''
      ? (await controlPlane.listWorkspaces(1, signal))[0]
      : await controlPlane.getWorkspace(checkWorkspaceId(workspaceId), signal);
  const address =
    record === undefined
      ? undefined
      : workspaceAddress({ installation, workspaceId: record.id, debug: false }, record.instance?.ideUrl ?? '');
  const destination =
    address === undefined ? { host: installation.hostname } : { host: address.sshHost, user: address.sshUser };
  return reportKeys(destination, readRegisteredKeys(controlPlane, signal), openSsh, signal);
}
