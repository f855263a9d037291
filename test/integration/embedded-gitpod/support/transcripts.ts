import { readFileSync } from 'node:fs';

/** One recorded case of the real SSH gateway (ssh-gateway-observed §4). */
export interface Transcript {
  readonly case: string;
  /** The messages in order; `>x` was sent by the client. */
  readonly ev: readonly string[];
  /** Whether the connection was still open at the end. */
  readonly end: 'open' | 'closed' | undefined;
  /** Everything that was recorded. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Every recorded case, by name. */
export const transcripts: ReadonlyMap<string, Transcript> = new Map(
  readFileSync(new URL('../../../fixtures/ssh-gateway-transcripts.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const transcript = toTranscript(JSON.parse(line));
      return [transcript.case, transcript];
    }),
);

/** @throws {Error} nothing of that name was recorded */
export function transcript(name: string): Transcript {
  const found = transcripts.get(name);
  if (!found) throw new Error(`no transcript ${name}`);
  return found;
}

function toTranscript(line: Record<string, unknown>): Transcript {
  const { case: name, ev, end } = line;
  if (typeof name !== 'string') throw new Error('a transcript without a name');
  return {
    case: name,
    ev: Array.isArray(ev) ? ev.map(String) : [],
    end: end === 'open' || end === 'closed' ? end : undefined,
    fields: line,
  };
}
