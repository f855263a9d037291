import { randomUUID } from 'node:crypto';
import { failure } from '../failures.ts';
import { pause, raceSignal } from '../platform/deadline.ts';
import type { Secret } from '../platform/secret.ts';

/** What a prompt asks for. */
export type PromptKind = 'KEY_PASSPHRASE';

/** A question to the user. */
export interface Prompt {
  readonly id: string;
  readonly kind: PromptKind;
  /** Exactly what is asked for. */
  readonly title: string;
  readonly expiresAt: Date;
}

/** A person may be away for a moment, but not for ever. */
const expiryMs = 120_000;

/** The questions that are open. Each is answered once, expires, or is given up with the signal. */
export class Prompts {
  readonly #open = new Map<string, (answer: Secret | undefined) => void>();

  /**
   * Asks for a secret.
   *
   * @param show hands the prompt to whoever shows it.
   * @returns undefined when the user dismissed it or it expired.
   * @throws the signal's reason.
   */
  async askSecret(
    kind: PromptKind,
    title: string,
    show: (prompt: Prompt) => void,
    signal: AbortSignal,
  ): Promise<Secret | undefined> {
    const id = randomUUID();
    const answered = Promise.withResolvers<Secret | undefined>();
    const expiry = new AbortController();
    this.#open.set(id, answered.resolve);
    try {
      show({ id, kind, title, expiresAt: new Date(Date.now() + expiryMs) });
      const expired = pause(expiryMs, expiry.signal).then(() => undefined);
      expired.catch(() => undefined);
      return await raceSignal(Promise.race([answered.promise, expired]), signal);
    } finally {
      expiry.abort();
      this.#open.delete(id);
    }
  }

  /** Answers a prompt; undefined dismisses it. @throws Failure PROMPT_NOT_FOUND. */
  answer(id: string, answer: Secret | undefined): void {
    const resolve = this.#open.get(id);
    if (resolve === undefined) throw failure('PROMPT_NOT_FOUND', { promptId: id });
    resolve(answer);
  }
}
