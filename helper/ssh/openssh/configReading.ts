import { runProcess } from '../../platform/process.ts';
import { ProcessError } from '../../platform/processError.ts';
import { effectiveConfigFile, type OpenSshEnvironment } from '../config/openSsh.ts';
import type { SshGOptions } from '../config/sshG.ts';
import { sshLogLines } from './sshLogText.ts';

/** What OpenSSH's log says of how it read its configuration for one host. Places are `file:line`. */
export interface ConfigReading {
  /** Those that OpenSSH begins with, not those included, in their order. */
  readonly files: readonly string[];
  readonly appliedHostLines: ReadonlySet<string>;
  /** Whether each `Match` line met applied, in their order. */
  readonly matches: readonly boolean[];
  readonly includes: ReadonlyMap<string, readonly string[]>;
}

/** Asks OpenSSH how it reads the configuration of a host. This runs the `Match exec` commands of the configuration. */
export async function readConfigReading(
  sshPath: string,
  host: string,
  environment: OpenSshEnvironment,
  options: SshGOptions,
): Promise<ConfigReading> {
  const configFile = effectiveConfigFile(environment);
  const args = [...(configFile === undefined ? [] : ['-F', configFile]), '-vvv', '-G', '--', host];
  try {
    const { stderr } = await runProcess(sshPath, args, { ...options, env: environment.env });
    return parseConfigReading(stderr);
  } catch (error) {
    // What it has read until it failed is what counts.
    if (error instanceof ProcessError) return parseConfigReading(error.stderr);
    throw error;
  }
}

/** Reads the debug lines that `ssh -vvv` writes while it reads its files, without those of a second pass (`Match final`). */
export function parseConfigReading(log: string): ConfigReading {
  const files: string[] = [];
  const appliedHostLines = new Set<string>();
  const matches: boolean[] = [];
  const includes = new Map<string, string[]>();
  let expectedInclude: string | undefined;
  for (const line of sshLogLines(log)) {
    if (line === 'debug1: re-parsing configuration') break;
    const [, file] = /^debug1: Reading configuration data (.*)$/.exec(line) ?? [];
    const [, hostFile, hostLine] = /^debug1: (.*) line (\d+): Applying options for /.exec(line) ?? [];
    const [, includingFile, includingLine, included] = INCLUDING.exec(line) ?? [];
    if (hostFile !== undefined) appliedHostLines.add(`${hostFile}:${hostLine}`);
    if (/^debug2: match (?:not )?found$/.test(line)) matches.push(line === 'debug2: match found');
    if (included !== undefined) {
      const place = `${includingFile}:${includingLine}`;
      includes.set(place, [...(includes.get(place) ?? []), included]);
      expectedInclude = included;
    }
    if (file !== undefined && file !== expectedInclude) files.push(file);
    if (file !== undefined) expectedInclude = undefined;
  }
  return { files, appliedHostLines, matches, includes };
}

const INCLUDING = /^debug3: (.*) line (\d+): Including file (.*) depth \d+(?: \(parse only\))?$/;
