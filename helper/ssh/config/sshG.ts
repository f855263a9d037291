import { runProcess } from '../../platform/process.ts';
import { ProcessError } from '../../platform/processError.ts';
import { SshConfigError } from '../errors.ts';
import type { Destination } from './destination.ts';
import { effectiveConfigFile, type OpenSshEnvironment } from './openSsh.ts';

/** What `ssh -G` printed: lower-case keyword to its values, in their order. */
export type SshGOutput = ReadonlyMap<string, readonly string[]>;

export interface SshGOptions {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/**
 * Asks OpenSSH for the configuration of one destination. This runs the `Match exec` commands of the configuration.
 *
 * @throws SshConfigError when OpenSSH refuses the configuration, with its file and line, or does not answer in time.
 */
export async function runSshG(
  sshPath: string,
  destination: Destination,
  environment: OpenSshEnvironment,
  options: SshGOptions,
): Promise<SshGOutput> {
  const configFile = effectiveConfigFile(environment);
  const args = [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(destination.user === undefined ? [] : ['-l', destination.user]),
    ...(destination.port === undefined ? [] : ['-p', String(destination.port)]),
    ...['-G', '--', destination.host],
  ];
  try {
    const { stdout } = await runProcess(sshPath, args, { ...options, env: environment.env });
    return parseSshG(stdout);
  } catch (error) {
    if (error instanceof ProcessError) throw explainFailure(error, destination);
    throw error;
  }
}

/** Asks OpenSSH for its built-in defaults; reads no configuration, so it runs nothing. */
export async function runSshGForDefaults(
  sshPath: string,
  environment: OpenSshEnvironment,
  options: SshGOptions,
): Promise<SshGOutput> {
  const args = ['-F', 'none', '-G', '--', 'defaults'];
  const { stdout } = await runProcess(sshPath, args, { ...options, env: environment.env });
  return parseSshG(stdout);
}

/** Parses `keyword value` lines; a repeated keyword collects its values. */
export function parseSshG(output: string): SshGOutput {
  const values = new Map<string, string[]>();
  for (const line of output.split(/\r?\n/)) {
    const [, keyword, value] = /^(\S+)(?: (.*))?$/.exec(line) ?? [];
    if (keyword === undefined) continue;
    const key = keyword.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), value ?? '']);
  }
  return values;
}

function explainFailure(error: ProcessError, destination: Destination): SshConfigError {
  const { failure } = error;
  if (failure.kind === 'deadline') {
    const message =
      `OpenSSH did not work out its configuration for ${destination.host} within ${failure.deadlineMs} ms; ` +
      'a Match exec command in it may be hanging';
    return new SshConfigError(message, { cause: error });
  }
  const [, file, line, problem] = /^(.+?):? line (\d+): (.*?)\r?$/m.exec(error.stderr) ?? [];
  if (file !== undefined && problem !== undefined) {
    return new SshConfigError(`${file} line ${line}: ${problem}`, { file, line: Number(line), cause: error });
  }
  return new SshConfigError(lastLineOf(error.stderr) ?? error.message, { cause: error });
}

function lastLineOf(text: string): string | undefined {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .at(-1);
}
