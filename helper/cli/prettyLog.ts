/** Writes a line of the log to standard error for a person. */
export function prettySink(line: string): void {
  process.stderr.write(`${prettyLine(line)}\n`);
}

/** A line of the log for a person: `12:00:01.234 info connection.race winner=TCP`. Other lines stay as they are. */
export function prettyLine(line: string): string {
  const record = parse(line);
  if (record === undefined) return line.trimEnd();
  const { time, level, event, ...fields } = record;
  const clock = String(time).slice(11, 23);
  if (event === 'ssh.trace') return `${clock} ssh: ${fields['text']}`;
  const facts = Object.entries(fields).map(([name, value]) => `${name}=${inWords(value)}`);
  return [clock, level, event, ...facts].join(' ');
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null ? { ...record } : undefined;
  } catch {
    return undefined;
  }
}

/** Errors by their messages; a stack is for the log itself. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return /^[\w./:@+-]*$/.test(value) ? value : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (!('message' in value)) return JSON.stringify(value);
  const cause = 'cause' in value ? ` (${inWords(value.cause)})` : '';
  return `${JSON.stringify(value.message)}${cause}`;
}
