import { failure } from '../failures.ts';
import { configureLog, type LogLevel, logLevels } from '../log.ts';
import { RotatingFile } from '../platform/rotatingFile.ts';
import { prettySink } from './prettyLog.ts';

/** What of the options is about the log. */
interface LogOptions {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly isTraced?: boolean;
  readonly logLevel?: LogLevel;
  readonly logFile?: string;
}

/**
 * Begins the log: to the file that is named, to standard error when it is wanted there, or nowhere.
 *
 * @throws Failure FILE_UNREADABLE for a file that cannot be written.
 */
export function beginLog(options: LogOptions): void {
  const path = options.logFile ?? process.env['GITPOD_HELPER_LOG_FILE'] ?? '';
  if (path === '') {
    configureLog({ level: levelOf(options, 'silent'), ...(isForPerson(options) ? { sink: prettySink } : {}) });
    return;
  }
  const file = openFile(path);
  const toStandardError = isForPerson(options) ? prettySink : (line: string) => void process.stderr.write(line);
  configureLog({
    level: levelOf(options, 'info'),
    sink: (line) => {
      file.append(line);
      if (options.verbose) toStandardError(line);
    },
  });
}

function openFile(path: string): RotatingFile {
  try {
    return new RotatingFile(path);
  } catch (error) {
    throw failure('FILE_UNREADABLE', { path, purpose: 'log', problem: 'it cannot be written' }, error);
  }
}

/** Programs read the log as JSON: with --json, or when the environment asks for it. */
function isForPerson({ verbose, json }: LogOptions): boolean {
  return verbose && !json && process.env['GITPOD_HELPER_LOG'] === undefined;
}

function levelOf({ logLevel, verbose, isTraced = false }: LogOptions, otherwise: LogLevel): LogLevel {
  const fromEnvironment = logLevels.find((level) => level === process.env['GITPOD_HELPER_LOG']);
  return logLevel ?? fromEnvironment ?? (verbose ? (isTraced ? 'debug' : 'info') : otherwise);
}
