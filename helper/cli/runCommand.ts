import type { Core, WireCore } from '../connection/core.ts';
import { Failure, failure } from '../failures.ts';
import { configureLog, type LogLevel, log, logLevels } from '../log.ts';
import { askProxyLogin } from './askProxyLogin.ts';
import { type CommonOptions, settingsOf, settingsOfAll } from './commonOptions.ts';
import { exitCodeOf } from './exitCodes.ts';
import { createOutput, type Output, printFailure } from './output.ts';
import { prettySink } from './prettyLog.ts';

/** What any action works with. */
export interface ActionContext {
  readonly output: Output;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** What a command that talks to an installation works with. */
export interface CommandContext extends ActionContext {
  readonly core: Core;
}

/** Runs a command on a core wired from its options, and releases everything. */
export function runCommand(
  options: CommonOptions & OutputOptions,
  wireCore: WireCore,
  command: (context: CommandContext) => Promise<void>,
): Promise<void> {
  return runAction(options, async (context) => {
    await using core = wireCore(await settingsOf(options, context.signal));
    await askProxyLogin(options, core, context.signal);
    await command({ ...context, core });
  });
}

/** Runs a command as {@link runCommand} does, on a core with all installations that login has kept a token for. */
export function runCommandOnAll(
  options: CommonOptions,
  wireCore: WireCore,
  command: (context: CommandContext) => Promise<void>,
): Promise<void> {
  return runAction(options, async (context) => {
    await using core = wireCore(await settingsOfAll(options, context.signal));
    await askProxyLogin(options, core, context.signal);
    await command({ ...context, core });
  });
}

/** What an action needs of the options. */
type OutputOptions = Pick<CommonOptions, 'json' | 'verbose'> & {
  /** With `verbose`, what SSH does is told as well. */
  readonly isTraced?: boolean;
};

/** Runs an action, tells a failure, and sets the exit code. Interrupting it is a normal end. */
export async function runAction(
  options: OutputOptions,
  action: (context: ActionContext) => Promise<void>,
): Promise<void> {
  configureLog({ level: logLevel(options), ...(isForPerson(options) ? { sink: prettySink } : {}) });
  const output = createOutput(options.json);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  process.stdout.on('error', interrupt); // EPIPE: nobody reads any more
  try {
    await action({ output, signal: interrupted.signal });
  } catch (error) {
    if (interrupted.signal.aborted) return;
    const reason = error instanceof Failure ? error : internalFailure(error);
    printFailure(reason, output);
    process.exitCode = exitCodeOf(reason.code);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt);
  }
}

/** Programs read the log as JSON: with --json, or when the environment asks for it. */
function isForPerson({ verbose, json }: OutputOptions): boolean {
  return verbose && !json && process.env['GITPOD_HELPER_LOG'] === undefined;
}

function logLevel({ verbose, isTraced = false }: OutputOptions): LogLevel {
  const fromEnvironment = logLevels.find((level) => level === process.env['GITPOD_HELPER_LOG']);
  return fromEnvironment ?? (verbose ? (isTraced ? 'debug' : 'info') : 'silent');
}

function internalFailure(error: unknown): Failure {
  configureLog({ level: 'error' });
  const id = String(process.pid);
  log.error('cli.internal', { id, error });
  return failure('INTERNAL', { id }, error);
}
