import { type Failure, failure } from '../../failures.ts';
import { runProcess } from '../../platform/process.ts';
import { ProcessError } from '../../platform/processError.ts';
import type { KeychainName } from './keychain.ts';

/** A keychain that asks the user for its password waits so long; then it is given up. */
const keychainTimeoutMs = 30_000;

/** A program of the operating system that leads to its keychain. */
export interface KeychainProgram {
  readonly name: KeychainName;
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a program has ended. */
export interface KeychainAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the program of a keychain. What it ends with is an answer like any other.
 *
 * @param input what it reads: the only way for a secret.
 * @throws Failure KEYCHAIN_FAILED when it does not end in time or cannot be started, or the signal's reason.
 */
export async function runKeychain(
  { name, path, env }: KeychainProgram,
  programArguments: readonly string[],
  input: string,
  signal: AbortSignal,
): Promise<KeychainAnswer> {
  const options = { signal, deadlineMs: keychainTimeoutMs, env: environmentOf(env), stdin: input };
  try {
    return { exitCode: 0, ...(await runProcess(path, programArguments, options)) };
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    const { failure: how, stdout, stderr } = error;
    if (how.kind === 'exit' && how.exitCode !== null) return { exitCode: how.exitCode, stdout, stderr };
    // The error has what was printed, so it must not get into the log.
    throw keychainFailure(name, how.kind === 'deadline' ? 'it does not answer; it may be locked' : 'it cannot be run');
  }
}

/** Says why a keychain cannot be used. */
export function keychainFailure(keychain: KeychainName, problem: string): Failure {
  return failure('KEYCHAIN_FAILED', { keychain, problem });
}

/** What the programs need to find the keychain and to ask for its password; messages come in English. */
function environmentOf(env: KeychainProgram['env']): KeychainProgram['env'] {
  const passed = [
    ...['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY'],
    ...['WAYLAND_DISPLAY', 'XAUTHORITY', 'SystemRoot', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TEMP'],
  ];
  return { ...Object.fromEntries(passed.map((name) => [name, env[name]])), LC_ALL: 'C' };
}
