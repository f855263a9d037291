import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installation } from '../../account/installation.ts';
import { expectedResolution, type HostExpectation } from '../../ssh/openssh/expectedResolution.ts';
import { includeStatus } from '../../ssh/openssh/includeStatus.ts';
import { type ManagedConfig, managedConfigText, overlayConfigText } from '../../ssh/openssh/managedConfig.ts';
import { writePrivateFile } from '../../ssh/openssh/privateFile.ts';
import type { ProxyCommandArgument } from '../../ssh/openssh/proxyCommand.ts';
import { existingSystemConfig } from '../../ssh/openssh/systemConfig.ts';
import { userConfigPath } from '../../ssh/openssh/userConfigFile.ts';
import { installInclude, removeInclude } from '../../ssh/openssh/userConfigInclude.ts';
import type { ConnectContext } from '../connectWorkspace.ts';
import { managedClusters } from './managedClusters.ts';
import { openSshFailure } from './openSshFailure.ts';
import { openSshFiles } from './openSshFiles.ts';

const comment = [
  'Written by gitpod-helper, and again whenever it changes: what you change here is lost.',
  'Your own configuration may include it: gitpod-helper ssh-config install does that, ssh-config remove undoes it.',
];

const maxWorkspaces = 1_000;

/** Where the managed configuration stands in the user's. */
export interface ManagedConfigurationState {
  readonly installed: boolean;
  readonly inForce: 'yes' | 'no' | 'unknown';
  readonly managedConfigPath: string;
  readonly userConfigPath: string;
  readonly conflicts: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
}

/** An installation whose workspaces OpenSSH shall know. */
export interface ManagedInstallation {
  readonly installation: Installation;
  /** Starts this helper's proxy for the host name that OpenSSH puts in. */
  readonly proxyCommand: readonly ProxyCommandArgument[];
}

/** What OpenSSH sees of workspaces, in files of the helper's own and, when asked, in the user's. */
export class ManagedConfiguration {
  readonly #installations: readonly ManagedInstallation[];
  readonly #context: ConnectContext;

  constructor(installations: readonly ManagedInstallation[], context: ConnectContext) {
    this.#installations = installations;
    this.#context = context;
  }

  /** The configuration's text, with everything it names written. @throws Failure */
  async preview(signal: AbortSignal): Promise<{ readonly path: string; readonly text: string }> {
    return explained(async () => {
      return {
        path: openSshFiles(this.#context).managedConfig,
        text: managedConfigText(await this.#build(signal)),
      };
    });
  }

  /**
   * Writes a whole configuration for `ssh -F`, which goes on with the user's and then the system's.
   *
   * @returns its path, and the hosts that it knows.
   * @throws Failure
   */
  async writeOverlay(signal: AbortSignal): Promise<{ readonly path: string; readonly hosts: readonly string[] }> {
    return explained(async () => {
      const hosts = this.#installations.map(({ installation }) => installation.host);
      const name = hosts.join('+').replaceAll(/[^a-z0-9.+-]/g, '_');
      const overlayConfig = join(openSshFiles(this.#context).overlayConfigs, name);
      const config = await this.#build(signal);
      await writePrivateFile(overlayConfig, overlayConfigText(config, this.#ordinaryFiles()));
      return {
        path: overlayConfig,
        hosts: config.clusters.flatMap(({ hosts: known }) => known.map(({ host }) => host)),
      };
    });
  }

  /** Writes the managed file anew, without touching the user's. @throws Failure */
  async refresh(signal: AbortSignal): Promise<void> {
    await explained(async () => {
      await writePrivateFile(openSshFiles(this.#context).managedConfig, managedConfigText(await this.#build(signal)));
    });
  }

  /**
   * Puts the Include into the user's configuration and verifies with OpenSSH that it is in force.
   *
   * @returns what a person should know, in sentences.
   * @throws Failure SSH_CONFIG_NOT_WRITABLE or SSH_CONFIG_CONFLICT; nothing of the user's is changed then.
   */
  async install(signal: AbortSignal): Promise<readonly string[]> {
    return explained(async () => {
      const { managedConfig } = openSshFiles(this.#context);
      const config = await this.#build(signal);
      await writePrivateFile(managedConfig, managedConfigText(config));
      const checks = {
        expectations: expectedResolution(config).slice(0, 3),
        otherHosts: ['example.com', 'github.com'],
      };
      const { warnings } = await installInclude(this.#context.openSsh, managedConfig, checks, { signal });
      return warnings;
    });
  }

  /**
   * Takes the Include out again, to the byte, and removes what was written for OpenSSH, keys of supervisors among it; what
   * `ssh -F` needs of that is written anew for each. @returns false when there was no Include. @throws Failure
   */
  async remove(signal: AbortSignal): Promise<boolean> {
    return explained(async () => {
      const { managedConfig, directory } = openSshFiles(this.#context);
      const change = await removeInclude(this.#context.openSsh, managedConfig, { signal });
      await rm(directory, { recursive: true, force: true });
      return change === 'removed';
    });
  }

  /** Whether the Include is there and in force. @throws Failure */
  async state(signal: AbortSignal): Promise<ManagedConfigurationState> {
    return explained(async () => {
      const { managedConfig } = openSshFiles(this.#context);
      const statusWith = (expectations: readonly HostExpectation[]) =>
        includeStatus(this.#context.openSsh, managedConfig, expectations, { signal });
      const itself = await statusWith([]);
      const installed = itself.place !== 'absent';
      // What is not there is not in force: no installation has to be reachable to say so.
      const status = installed ? await statusWith(expectedResolution(await this.#build(signal)).slice(0, 3)) : itself;
      return {
        installed,
        inForce: installed || status.inForce === 'unknown' ? status.inForce : 'no',
        managedConfigPath: managedConfig,
        userConfigPath: status.userConfigFile,
        conflicts: status.conflicts.map(({ file = '', line = 0, reason }) => ({ file, line, reason })),
      };
    });
  }

  async #build(signal: AbortSignal): Promise<ManagedConfig> {
    const perInstallation = this.#installations.map(async ({ installation, proxyCommand }) => {
      const controlPlane = this.#context.accounts.controlPlane(installation);
      const records = await controlPlane.listWorkspaces(maxWorkspaces, signal);
      return managedClusters(installation, records, proxyCommand, this.#context, signal);
    });
    return { comment, clusters: (await Promise.all(perInstallation)).flat() };
  }

  /** With an overridden configuration or home OpenSSH reads no system file, and neither does the overlay. */
  #ordinaryFiles(): { user?: string; system?: string } {
    const { openSsh } = this.#context;
    if (openSsh.configFile === 'none') return {};
    const user = userConfigPath(openSsh);
    const system = existingSystemConfig(openSsh);
    return {
      ...(existsSync(user) ? { user } : {}),
      ...(system === undefined ? {} : { system }),
    };
  }
}

async function explained<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw openSshFailure(error);
  }
}
