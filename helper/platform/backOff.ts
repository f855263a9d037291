/** Pauses between attempts: each is twice as long as the one before it, up to a cap, and a fifth more or less at random. */
export class BackOff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #failures = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** An attempt has failed: how long to wait before the next one. */
  nextMs(): number {
    const exact = Math.min(this.#firstMs * 2 ** this.#failures++, this.#longestMs);
    return Math.round(exact * (0.8 + Math.random() * 0.4));
  }

  /** An attempt has succeeded: the pauses begin anew. */
  reset(): void {
    this.#failures = 0;
  }
}
