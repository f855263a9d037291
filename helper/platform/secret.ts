import { inspect } from 'node:util';

/** The values to take out of texts that somebody else made, a server's error message for instance; the oldest go first. */
const knownValues = new Set<string>();
const knownValuesLimit = 1_000;

/** Shorter ones would take ordinary words out of the log. */
const shortestRedacted = 8;

/** A value that must never be printed: every way of turning it into text gives `[redacted]`; only {@link reveal} does not. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    if (value.length < shortestRedacted) return;
    knownValues.add(value);
    if (knownValues.size > knownValuesLimit)
      for (const oldest of knownValues.values().take(1)) knownValues.delete(oldest);
  }

  /** The value itself, for the one place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/** Takes every secret's value out of a text. */
export function redactSecrets(text: string): string {
  let redacted = text;
  for (const value of knownValues) redacted = redacted.replaceAll(value, '[redacted]');
  return redacted;
}
