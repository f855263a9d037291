import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogEvent } from './logEvent.ts';
import { redactSecrets, Secret } from './platform/secret.ts';

/** How much is logged; each level includes those before it. */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
/** How much is logged. */
export type LogLevel = (typeof logLevels)[number];

/** Facts of an event. Errors are written with their chain of causes; secrets as `[redacted]`. */
export type LogFields = Readonly<Record<string, unknown>>;

type Sink = (line: string) => void;

let threshold: LogLevel = 'warn';
let sink: Sink = (line) => {
  process.stderr.write(line);
};

/** What belongs together has the same: a call of a front end's, and a connection to a workspace. */
export type LogContext = Readonly<Partial<Record<'call' | 'connection', string>>>;

const context = new AsyncLocalStorage<LogContext>();

/** Everything that is logged meanwhile, and by what it begins, carries these, too. */
export function withLogContext<T>(added: LogContext, run: () => T): T {
  return context.run({ ...context.getStore(), ...added }, run);
}

/** The last events, whether they were written or not, for a report after a crash. */
const recent: string[] = [];
const recentLimit = 500;
/** An event may hold a whole answer of a server's. */
const longestRecentLine = 4_096;

/** The last events of level `info` and above, and all that were written, oldest first, without secrets. */
export function recentLogLines(): readonly string[] {
  return [...recent];
}

/** Sets what is logged and where to; a line ends with a newline. */
export function configureLog(options: { level: LogLevel; sink?: Sink }): void {
  threshold = options.level;
  if (options.sink !== undefined) sink = options.sink;
}

/** What is kept of the last events, whether it is written or not. */
let recordedLevel: LogLevel = 'info';

/** Keeps more of what happens from now on than usual, for diagnostics. */
export function recordLog(level: LogLevel): void {
  recordedLevel = level;
}

/** Whether events of this level are written or kept: for what costs something to find out. */
export function isLogged(level: Exclude<LogLevel, 'silent'>): boolean {
  return isWithin(level, threshold) || isWithin(level, recordedLevel);
}

function isWithin(level: LogLevel, limit: LogLevel): boolean {
  return logLevels.indexOf(level) <= logLevels.indexOf(limit);
}

/** Writes one event, named `room.event`, as a line of JSON. */
export const log = {
  error: (event: LogEvent, fields: LogFields = {}) => write('error', event, fields),
  warn: (event: LogEvent, fields: LogFields = {}) => write('warn', event, fields),
  info: (event: LogEvent, fields: LogFields = {}) => write('info', event, fields),
  debug: (event: LogEvent, fields: LogFields = {}) => write('debug', event, fields),
};

function write(level: Exclude<LogLevel, 'silent'>, event: LogEvent, fields: LogFields): void {
  if (!isLogged(level)) return;
  const record = { time: new Date().toISOString(), level, event, ...context.getStore(), ...fields };
  const line = redactText(JSON.stringify(record, redactingReplacer));
  recent.push(line.slice(0, longestRecentLine));
  if (recent.length > recentLimit) recent.shift();
  if (isWithin(level, threshold)) sink(`${line}\n`);
}

function redactingReplacer(key: string, value: unknown): unknown {
  if (/token|password|passphrase|secret/i.test(key) && typeof value === 'string') return '[redacted]';
  if (value instanceof Secret) return value.toString();
  if (value instanceof Error) return describeError(value);
  return value;
}

function describeError(error: Error): object {
  return {
    name: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  };
}

/**
 * Takes every secret there is out of a text, and those of known shapes, whoever put them there: personal access
 * tokens, bearer tokens, the token half of an SSH user `id#token`, and a join link's one-time `jt`.
 */
export function redactText(text: string): string {
  return redactSecrets(text)
    .replaceAll(/gitpod_pat_[\w-]+\.[\w-]+/g, '[redacted]')
    .replaceAll(/\b(bearer\s+)[\w.~+/-]+=*/gi, '$1[redacted]')
    .replaceAll(/([a-z0-9]{2,16}-[a-z0-9]{2,16}-[a-z0-9]{8,11})#[\w.-]{16,}/g, '$1#[redacted]')
    .replaceAll(/([#&?]jt=)[^&\s"\\]+/g, '$1[redacted]');
}
