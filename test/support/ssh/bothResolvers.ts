import { expect } from 'vitest';
import type { Destination } from '../../../helper/ssh/config/destination.ts';
import { type HostConfig, resolveHostConfig } from '../../../helper/ssh/config/hostConfig.ts';
import type { OpenSshEnvironment } from '../../../helper/ssh/config/openSsh.ts';
import { SshConfigError } from '../../../helper/ssh/errors.ts';
import { type ScratchHome, scratchHome } from './scratchHome.ts';

const signal = new AbortController().signal;

/** Resolves as on a machine without OpenSSH. */
export function resolveWithout(environment: OpenSshEnvironment, destination: Destination): Promise<HostConfig> {
  return resolveHostConfig(destination, { ...environment, sshPath: undefined }, { signal });
}

/**
 * Resolves with OpenSSH and without it, and fails unless both give the same, or both refuse at the same file and line.
 *
 * @throws SshConfigError that of OpenSSH.
 */
export async function resolveBoth(environment: OpenSshEnvironment, destination: Destination): Promise<HostConfig> {
  const [oracle, ours] = await Promise.allSettled([
    resolveHostConfig(destination, environment, { signal }),
    resolveWithout(environment, destination),
  ]);
  if (oracle.status === 'rejected') {
    if (ours.status === 'fulfilled') throw new Error('only OpenSSH refuses it', { cause: oracle.reason });
    expect(ours.reason).toBeInstanceOf(SshConfigError);
    expect(ours.reason).toMatchObject(placeOf(oracle.reason));
    throw oracle.reason;
  }
  if (ours.status === 'rejected') throw new Error('only OpenSSH accepts it', { cause: ours.reason });
  expect({ ...ours.value, degraded: undefined }).toEqual(oracle.value);
  return oracle.value;
}

/** OpenSSH does not name the place of every problem. */
function placeOf(error: unknown): { readonly file?: string; readonly line?: number } {
  if (!(error instanceof SshConfigError)) throw error;
  const { file, line } = error;
  return file === undefined || line === undefined ? {} : { file, line };
}

/** Resolves both ways for a scratch home. */
export function resolveIn(home: ScratchHome, destination: Destination, agentPath?: string): Promise<HostConfig> {
  return resolveBoth(home.environment(agentPath), destination);
}

/** Resolves both ways with this configuration. */
export async function resolveWith(config: string, destination: Destination | string): Promise<HostConfig> {
  await using home = scratchHome(config);
  return await resolveIn(home, typeof destination === 'string' ? { host: destination } : destination);
}

/** Gives the error of OpenSSH for this configuration, after a look at ours. */
export async function errorWith(
  config: string | Buffer,
  destination: Destination = { host: 'a' },
): Promise<SshConfigError> {
  await using home = scratchHome();
  home.write('.ssh/config', config);
  const error: unknown = await resolveIn(home, destination).catch((reason: unknown) => reason);
  if (!(error instanceof SshConfigError)) throw new Error('expected an SshConfigError', { cause: error });
  return error;
}

/** Writes a variable so that it is not taken for a template string. */
export function variable(name: string): string {
  return `$\{${name}}`;
}
