import { randomUUID } from 'node:crypto';
import { failure } from '../failures.ts';
import { pause, raceSignal } from '../platform/deadline.ts';
import { Secret } from '../platform/secret.ts';

/** What a prompt asks for: a secret, or yes or no. */
export type PromptKind = SecretKind | 'START_WORKSPACE';

/** What of these is a secret. */
export type SecretKind = 'KEY_PASSPHRASE' | 'PROXY_PASSWORD';

/** A secret, yes or no, or undefined when the user wants none of it. */
export type PromptAnswer = Secret | boolean | undefined;

/** A question to the user. */
export interface Prompt {
  readonly id: string;
  readonly kind: PromptKind;
  /** Exactly what is asked for. */
  readonly title: string;
  readonly expiresAt: Date;
}

interface OpenPrompt {
  /** @throws Failure INVALID_ARGUMENT for an answer to another kind of question. */
  readonly take: (answer: PromptAnswer) => void;
}

/** A person may be away for a moment, but not for ever. */
const expiryMs = 120_000;

/** The questions that are open. Each is answered once, expires, or is given up with the signal. */
export class Prompts {
  readonly #open = new Map<string, OpenPrompt>();

  /**
   * Asks for a secret.
   *
   * @param show hands the prompt to whoever shows it.
   * @returns undefined when the user dismissed it or it expired.
   * @throws the signal's reason.
   */
  askSecret(
    kind: SecretKind,
    title: string,
    show: (prompt: Prompt) => void,
    signal: AbortSignal,
  ): Promise<Secret | undefined> {
    const isSecret = (answer: PromptAnswer) => answer instanceof Secret;
    return this.#ask(kind, title, isSecret, 'the question is not one of yes or no', show, signal);
  }

  /**
   * Asks for a yes.
   *
   * @param show hands the prompt to whoever shows it.
   * @returns false when the user declined or dismissed it, or it expired.
   * @throws the signal's reason.
   */
  async askConsent(
    kind: 'START_WORKSPACE',
    title: string,
    show: (prompt: Prompt) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    const isConsent = (answer: PromptAnswer) => typeof answer === 'boolean';
    return (await this.#ask(kind, title, isConsent, 'the question is one of yes or no', show, signal)) ?? false;
  }

  /**
   * Answers a prompt; undefined dismisses it.
   *
   * @throws Failure PROMPT_NOT_FOUND, or INVALID_ARGUMENT for a secret where yes or no is asked for and the reverse; the
   * prompt stays open then.
   */
  answer(id: string, answer: PromptAnswer): void {
    const open = this.#open.get(id);
    if (open === undefined) throw failure('PROMPT_NOT_FOUND', { promptId: id });
    open.take(answer);
  }

  async #ask<Answer extends Secret | boolean>(
    kind: PromptKind,
    title: string,
    fits: (answer: PromptAnswer) => answer is Answer,
    problem: string,
    show: (prompt: Prompt) => void,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const id = randomUUID();
    const answered = Promise.withResolvers<Answer | undefined>();
    const expiry = new AbortController();
    const take = (answer: PromptAnswer) => {
      if (answer === undefined || fits(answer)) answered.resolve(answer);
      else throw failure('INVALID_ARGUMENT', { argument: 'answer', problem });
    };
    this.#open.set(id, { take });
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
}
