import { runProcess } from '../../platform/process.ts';
import { ProcessError } from '../../platform/processError.ts';
import type { EnvironmentVariables } from '../config/openSsh.ts';
import { parsePreflightLog } from './preflightLog.ts';
import type { PreflightFailure, PreflightLog, PreflightResult, PreflightStep } from './preflightResult.ts';

/** The ssh command to try, as an editor or a person would run it. */
export interface PreflightCommand {
  readonly sshPath: string;
  /** Options, destination and remote command. The command is really run; it reads from nothing. */
  readonly args: readonly string[];
  readonly env: EnvironmentVariables;
}

/** How long an ssh command may take. */
export interface PreflightOptions {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** The first value of an option wins, so these outweigh the command's own. */
const OVERRIDES = [
  '-vvv',
  ...['-o', 'BatchMode=yes'],
  // Over a shared connection nothing would be tried; and the ports it forwards are the editor's to take.
  ...['-o', 'ControlPath=none'],
  ...['-o', 'ClearAllForwardings=yes'],
];

const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/**
 * Runs an ssh command once and tells how far it comes, without ever asking anything or taking longer than the deadline.
 *
 * @throws the signal's reason. Everything else that goes wrong is in the result.
 */
export async function preflight(command: PreflightCommand, options: PreflightOptions): Promise<PreflightResult> {
  const env = { ...command.env, SSH_ASKPASS_REQUIRE: 'never' };
  const runOptions = { ...options, env, maxOutputBytes: MAX_OUTPUT_BYTES };
  try {
    const { stderr } = await runProcess(command.sshPath, [...OVERRIDES, ...command.args], runOptions);
    return { ...parsePreflightLog(stderr), failure: undefined, exitCode: 0 };
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    const log = parsePreflightLog(error.stderr);
    switch (error.failure.kind) {
      case 'not-started':
        return { ...log, failure: 'not-started', exitCode: undefined };
      case 'deadline':
      case 'output-limit':
        return { ...log, failure: 'deadline', exitCode: undefined };
      case 'exit': {
        const exitCode = error.failure.exitCode ?? undefined;
        return { ...log, failure: explainEnd(log, exitCode), exitCode };
      }
    }
  }
}

/** ssh's own exit code for its failures (ssh(1), EXIT STATUS); a remote command may end with it too. */
const SSH_FAILED = 255;

function explainEnd(log: PreflightLog, exitCode: number | undefined): PreflightFailure {
  if (log.reached === 'authenticated') return exitCode === SSH_FAILED ? 'connection-lost' : 'command-failed';
  return explainMessages(log) ?? explainStep(log.reached);
}

function explainMessages({ messages, attempts }: PreflightLog): PreflightFailure | undefined {
  const isSaid = (pattern: RegExp) => messages.some((message) => pattern.test(message));
  if (isSaid(/REVOKED HOST KEY DETECTED/)) return 'host-key-revoked';
  if (isSaid(/REMOTE HOST IDENTIFICATION HAS CHANGED/)) return 'host-key-changed';
  if (isSaid(/host key is known for .* strict checking|^Host key verification failed/)) return 'host-key-unknown';
  if (isSaid(/^Unable to negotiate with /)) return 'key-exchange';
  if (isSaid(/^ssh: Could not resolve hostname /)) return 'host-not-found';
  if (isSaid(/^ssh: connect to host /)) return 'not-connected';
  if (isSaid(/Too many authentication failures/)) return 'too-many-attempts';
  return attempts.some(({ outcome }) => outcome === 'passphrase-needed') ? 'passphrase-needed' : undefined;
}

function explainStep(reached: Exclude<PreflightStep, 'authenticated'>): PreflightFailure {
  switch (reached) {
    case 'nothing':
      return 'configuration';
    case 'host-resolved':
      return 'not-connected';
    case 'proxy-started':
    case 'connected':
      return 'no-server';
    case 'server-identified':
    case 'host-key-accepted':
      return 'connection-lost';
    case 'authenticating':
      return 'not-authenticated';
  }
}
