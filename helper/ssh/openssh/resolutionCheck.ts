import type { OpenSshEnvironment } from '../config/openSsh.ts';
import { runSshG, type SshGOptions, type SshGOutput } from '../config/sshG.ts';
import { SshConfigError } from '../errors.ts';
import { readConfigReading } from './configReading.ts';
import { SshConfigConflictError } from './errors.ts';
import { type Deviation, deviationsBetween, deviationsFrom, type HostExpectation } from './expectedResolution.ts';
import { type SettingInForce, settingInForce } from './settingInForce.ts';

/** What OpenSSH's configuration must come to, whatever is written into it. */
export interface ResolutionCheck {
  /** Of hosts of ours. Each costs a run of `ssh -G`, so of many like ones a few will do. */
  readonly expectations: readonly HostExpectation[];
  /** Hosts that are not ours; nothing may change for them. */
  readonly otherHosts: readonly string[];
}

/** A deviation, with the line to blame for it if it is a line. */
export interface Conflict extends Deviation {
  readonly setting: SettingInForce | undefined;
}

/** Keeps at most this many `ssh -G` running at a time. */
const CONCURRENCY = 4;

/** How long OpenSSH may take to resolve a host. */
export interface CheckOptions {
  readonly signal: AbortSignal;
  /** For one `ssh -G`; 10 s when left out. */
  readonly deadlineMs?: number;
}

const DEFAULT_DEADLINE_MS = 10_000;

/** Gives undefined on a machine without OpenSSH, where nobody can be asked. */
export function resolutionChecker(
  environment: OpenSshEnvironment,
  { signal, deadlineMs = DEFAULT_DEADLINE_MS }: CheckOptions,
): ResolutionChecker | undefined {
  if (environment.sshPath === undefined) return undefined;
  return new ResolutionChecker(environment.sshPath, environment, { signal, deadlineMs });
}

/** Asks an OpenSSH about hosts, before and after a change. */
export class ResolutionChecker {
  readonly #sshPath: string;
  readonly #environment: OpenSshEnvironment;
  readonly #options: SshGOptions;

  constructor(sshPath: string, environment: OpenSshEnvironment, options: SshGOptions) {
    this.#sshPath = sshPath;
    this.#environment = environment;
    this.#options = options;
  }

  /** @throws SshConfigConflictError when OpenSSH refuses the configuration. */
  async resolve(hosts: readonly string[]): Promise<ReadonlyMap<string, SshGOutput>> {
    const outputs = new Map<string, SshGOutput>();
    for (let start = 0; start < hosts.length; start += CONCURRENCY) {
      const slice = hosts.slice(start, start + CONCURRENCY);
      const resolved = await Promise.all(slice.map((host) => this.#resolveOne(host)));
      for (const [index, host] of slice.entries()) {
        const output = resolved[index];
        if (output !== undefined) outputs.set(host, output);
      }
    }
    return outputs;
  }

  /** Lists where hosts of ours do not resolve as expected. */
  async conflictsWith(expectations: readonly HostExpectation[]): Promise<readonly Conflict[]> {
    const outputs = await this.resolve(expectations.map(({ host }) => host));
    return this.#blame(
      expectations.flatMap((expectation) => deviationsFrom(expectation, outputs.get(expectation.host) ?? new Map())),
    );
  }

  /** Lists what has changed since for the hosts of an earlier {@link resolve}. */
  async changesSince(before: ReadonlyMap<string, SshGOutput>): Promise<readonly Conflict[]> {
    const after = await this.resolve([...before.keys()]);
    return this.#blame(
      [...before].flatMap(([host, output]) => deviationsBetween(host, output, after.get(host) ?? new Map())),
    );
  }

  async #resolveOne(host: string): Promise<SshGOutput> {
    try {
      return await runSshG(this.#sshPath, { host }, this.#environment, this.#options);
    } catch (error) {
      if (!(error instanceof SshConfigError)) throw error;
      const { file, line } = error;
      throw new SshConfigConflictError(`OpenSSH refuses its configuration: ${error.message}`, {
        file,
        line,
        cause: error,
      });
    }
  }

  async #blame(deviations: readonly Deviation[]): Promise<readonly Conflict[]> {
    const conflicts: Conflict[] = [];
    const readings = new Map<string, Awaited<ReturnType<typeof readConfigReading>>>();
    for (const deviation of deviations) {
      const { host, keyword } = deviation;
      const reading =
        readings.get(host) ?? (await readConfigReading(this.#sshPath, host, this.#environment, this.#options));
      readings.set(host, reading);
      conflicts.push({ ...deviation, setting: await settingInForce(keyword, reading) });
    }
    return conflicts;
  }
}

export function conflictError({ host, keyword, expected, actual, setting }: Conflict): SshConfigConflictError {
  const sets = setting === undefined ? '' : `${JSON.stringify(setting.text)} is in the way: `;
  const reason = `${sets}${keyword} of ${host} is ${actual ?? 'not set'} instead of ${expected ?? 'not set'}`;
  return new SshConfigConflictError(reason, { file: setting?.file, line: setting?.line });
}
