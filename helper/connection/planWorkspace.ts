import type { WorkspaceRecord } from '../account/records.ts';
import type { HostConfig } from '../ssh/config/hostConfig.ts';
import { type UserProxy, userProxy } from '../ssh/config/userProxy.ts';
import type { Identity } from '../ssh/identities/identity.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import type { ConnectContext } from './connectWorkspace.ts';
import { insideUserProxy } from './insideUserProxy.ts';
import {
  explainSshConfigError,
  type KeyReport,
  type RegisteredKeys,
  readRegisteredKeys,
  reportKeys,
} from './keyReport.ts';
import { isOwnProxyCommand } from './openSsh/ownProxyCommand.ts';
import { type ConnectionMethod, makePlan, type Plan, type PlanFacts } from './plan.ts';
import { type WorkspaceAddress, workspaceAddress } from './workspaceAddress.ts';

/** What is asked for. */
export interface PlanOptions {
  readonly useLocalApp: boolean;
  /** Just this method. */
  readonly method?: ConnectionMethod;
  /** Which identities count; all when left out. */
  readonly isOffered?: (identity: Identity) => boolean;
}

/**
 * Gathers the facts of a plan and makes it. Only the control plane is asked; nothing of the workspace's is dialled.
 *
 * @param record the workspace as the control plane has it.
 * @param registeredKeys when they are being read already.
 * @throws Failure SSH_CONFIG_INVALID, SIGN_IN_REQUIRED, …
 */
export async function planWorkspace(
  ref: WorkspaceRef,
  record: WorkspaceRecord,
  options: PlanOptions,
  context: ConnectContext,
  signal: AbortSignal,
  registeredKeys?: Promise<RegisteredKeys>,
): Promise<Plan> {
  const { accounts, openSsh, sshPort } = context;
  const address = workspaceAddress(ref, record.instance?.ideUrl ?? '');
  const destination =
    address === undefined
      ? { host: ref.installation.hostname, user: ref.workspaceId }
      : { host: address.sshHost, user: address.sshUser };
  const reading = registeredKeys ?? readRegisteredKeys(accounts.controlPlane(ref.installation), signal);
  const keys = await reportKeys(destination, reading, openSsh, signal);
  return makePlan({
    ref,
    phase: record.instance?.phase ?? 'stopped',
    address,
    sshPort,
    keys: only(keys, options.isOffered),
    userProxy: userProxyFor(keys.config, context),
    proxies: proxiesTo(address, context),
    useLocalApp: options.useLocalApp,
    ...(options.method === undefined ? {} : { method: options.method }),
  });
}

function only(keys: KeyReport, isOffered: PlanOptions['isOffered']): KeyReport {
  if (isOffered === undefined) return keys;
  const local = keys.matches.local.filter(({ identity }) => isOffered(identity));
  return { ...keys, matches: { ...keys.matches, local } };
}

function proxiesTo(address: WorkspaceAddress | undefined, { network, sshPort }: ConnectContext): PlanFacts['proxies'] {
  if (address === undefined) return { TCP: undefined, WEBSOCKET: undefined };
  const { hostname, port } = new URL(address.origin);
  return {
    TCP: network.proxyFor(address.sshHost, sshPort, 'ssh')?.name,
    WEBSOCKET: network.proxyFor(hostname, port === '' ? 443 : Number(port), 'https')?.name,
  };
}

/** @throws Failure SSH_CONFIG_INVALID */
function userProxyFor(config: HostConfig, { openSsh, sshPort }: ConnectContext): UserProxy | undefined {
  if (openSsh.env[insideUserProxy] !== undefined) return undefined;
  if (config.proxyCommand !== undefined && isOwnProxyCommand(config.proxyCommand)) return undefined;
  try {
    return userProxy(config, sshPort, openSsh);
  } catch (error) {
    throw explainSshConfigError(error);
  }
}
