/** Pauses between attempts: the first comes at once, then they double up to a cap, a fifth more or less at random. */
export class BackOff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #attempts = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** How long to wait before the next attempt. */
  nextMs(): number {
    const attempt = this.#attempts++;
    if (attempt === 0) return 0;
    const exact = Math.min(this.#firstMs * 2 ** (attempt - 1), this.#longestMs);
    return Math.round(exact * (0.8 + Math.random() * 0.4));
  }

  /** An attempt has succeeded: the next one comes at once again. */
  reset(): void {
    this.#attempts = 0;
  }
}
