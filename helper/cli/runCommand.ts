import type { Core, WireCore } from '../connection/core.ts';
import { reportCrash } from '../crashReport.ts';
import { Failure, failure } from '../failures.ts';
import { configureLog, log } from '../log.ts';
import { helperDirectory } from '../platform/helperDirectory.ts';
import { passwdHome } from '../platform/home.ts';
import { askProxyLogin } from './askProxyLogin.ts';
import { beginLog } from './beginLog.ts';
import { type CommonOptions, settingsOf, settingsOfAll } from './commonOptions.ts';
import { exitCodeOf } from './exitCodes.ts';
import { createOutput, type Output, printFailure } from './output.ts';

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
type OutputOptions = Pick<CommonOptions, 'json' | 'verbose'> &
  Partial<Pick<CommonOptions, 'home' | 'logLevel' | 'logFile'>> & {
    /** With `verbose`, what SSH does is told as well. */
    readonly isTraced?: boolean;
  };

/** Runs an action, tells a failure, and sets the exit code. Interrupting it is a normal end. */
export async function runAction(
  options: OutputOptions,
  action: (context: ActionContext) => Promise<void>,
): Promise<void> {
  const output = createOutput(options.json);
  try {
    beginLog(options);
  } catch (error) {
    reportFailure(error, options, output);
    return;
  }
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);
  process.stdout.on('error', interrupt); // EPIPE: nobody reads any more
  try {
    await action({ output, signal: interrupted.signal });
  } catch (error) {
    if (interrupted.signal.aborted) return;
    reportFailure(error, options, output);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt);
  }
}

function reportFailure(error: unknown, options: OutputOptions, output: Output): void {
  const reason = error instanceof Failure ? error : internalFailure(error, options);
  printFailure(reason, output);
  process.exitCode = exitCodeOf(reason.code);
}

/** A fault of our own leaves a report behind. */
function internalFailure(error: unknown, { home = '' }: OutputOptions): Failure {
  configureLog({ level: 'error' });
  const id = String(process.pid);
  log.error('cli.internal', { id, error });
  reportCrash(helperDirectory(home === '' ? passwdHome() : home, process.env), error);
  return failure('INTERNAL', { id }, error);
}
