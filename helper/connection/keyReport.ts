import type { ControlPlane } from '../account/controlPlane.ts';
import type { RegisteredPublicKey } from '../account/records.ts';
import { Failure, failure } from '../failures.ts';
import type { Destination } from '../ssh/config/destination.ts';
import { type HostConfig, resolveHostConfig } from '../ssh/config/hostConfig.ts';
import type { OpenSshEnvironment } from '../ssh/config/openSsh.ts';
import { SshConfigError, SshKeyFormatError } from '../ssh/errors.ts';
import { type AgentState, gatherIdentities } from '../ssh/identities/gatherIdentities.ts';
import { type IdentityMatches, matchIdentities, type RegisteredKey } from '../ssh/identities/matchIdentities.ts';
import { type PublicKey, parsePublicKeyLine } from '../ssh/identities/publicKey.ts';
import { resolveWithoutInclude } from '../ssh/openssh/withoutInclude.ts';
import { openSshFiles } from './openSsh/openSshFiles.ts';

/** Every local identity and every registered key, each explained. */
export interface KeyReport {
  readonly config: HostConfig;
  readonly agent: AgentState;
  readonly matches: IdentityMatches;
  /** Why the registered keys are not known; then every local verdict means nothing. */
  readonly registeredFailure?: Failure;
}

/** The keys registered with an account; a failure to read them is data, as the owner token may do without. */
export type RegisteredKeys = readonly RegisteredPublicKey[] | Failure;

/**
 * Reports the keys that OpenSSH would offer to `destination` by the user's own configuration, without what the managed one
 * adds, matched with those registered with the account.
 *
 * @throws Failure SSH_CONFIG_INVALID, SIGN_IN_REQUIRED, or the signal's reason.
 */
export async function reportKeys(
  destination: Destination,
  reading: Promise<RegisteredKeys>,
  environment: OpenSshEnvironment,
  signal: AbortSignal,
): Promise<KeyReport> {
  const [local, registered] = await Promise.all([readLocal(destination, environment, signal), reading]);
  const keys = registered instanceof Failure ? [] : registered.map(toRegisteredKey);
  return {
    config: local.config,
    agent: local.agent,
    matches: matchIdentities(local.identities, keys),
    ...(registered instanceof Failure ? { registeredFailure: registered } : {}),
  };
}

async function readLocal(destination: Destination, environment: OpenSshEnvironment, signal: AbortSignal) {
  try {
    const { managedConfig } = openSshFiles({ openSsh: environment });
    const config = await resolveWithoutInclude(environment, managedConfig, (users) =>
      resolveHostConfig(destination, users, { signal }),
    );
    return { config, ...(await gatherIdentities(config, environment, { signal })) };
  } catch (error) {
    throw explainSshConfigError(error);
  }
}

/** Gives the Failure SSH_CONFIG_INVALID for an SshConfigError, and every other error as it is. */
export function explainSshConfigError(error: unknown): unknown {
  if (!(error instanceof SshConfigError)) return error;
  const { message, file = '', line } = error;
  return failure('SSH_CONFIG_INVALID', { problem: message, file, line: line === undefined ? '' : `${line}` }, error);
}

/**
 * Reads the keys registered with the account. A token without the scope for it does not keep the owner token from working.
 *
 * @throws Failure SIGN_IN_REQUIRED, or the signal's reason.
 */
export async function readRegisteredKeys(controlPlane: ControlPlane, signal: AbortSignal): Promise<RegisteredKeys> {
  try {
    return await controlPlane.listPublicKeys(signal);
  } catch (error) {
    if (error instanceof Failure && error.code !== 'SIGN_IN_REQUIRED') return error;
    throw error;
  }
}

function toRegisteredKey({ name, key }: RegisteredPublicKey): RegisteredKey {
  return { name, text: key, publicKey: parseOrUndefined(key) };
}

function parseOrUndefined(line: string): PublicKey | undefined {
  try {
    return parsePublicKeyLine(line);
  } catch (error) {
    if (error instanceof SshKeyFormatError) return undefined;
    throw error;
  }
}
