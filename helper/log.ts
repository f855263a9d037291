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

/** Sets what is logged and where to; a line ends with a newline. */
export function configureLog(options: { level: LogLevel; sink?: Sink }): void {
  threshold = options.level;
  if (options.sink !== undefined) sink = options.sink;
}

/** Whether events of this level are written: for what costs something to find out. */
export function isLogged(level: Exclude<LogLevel, 'silent'>): boolean {
  return logLevels.indexOf(level) <= logLevels.indexOf(threshold);
}

/** Writes one event, named `room.event`, as a line of JSON. */
export const log = {
  error: (event: string, fields: LogFields = {}) => write('error', event, fields),
  warn: (event: string, fields: LogFields = {}) => write('warn', event, fields),
  info: (event: string, fields: LogFields = {}) => write('info', event, fields),
  debug: (event: string, fields: LogFields = {}) => write('debug', event, fields),
};

function write(level: Exclude<LogLevel, 'silent'>, event: string, fields: LogFields): void {
  if (!isLogged(level)) return;
  const line = JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }, redactingReplacer);
  sink(`${redactText(line)}\n`);
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
