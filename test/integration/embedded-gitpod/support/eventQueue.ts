/** Events in the order they happened, to be waited for one by one. */
export class EventQueue<T> {
  readonly #waiting: ((event: T) => void)[] = [];
  readonly #pending: T[] = [];

  push(event: T): void {
    const waiter = this.#waiting.shift();
    if (waiter) waiter(event);
    else this.#pending.push(event);
  }

  next(): Promise<T> {
    const event = this.#pending.shift();
    if (event !== undefined) return Promise.resolve(event);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async take(count: number): Promise<T[]> {
    const taken: T[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** What nobody has waited for yet. */
  get pending(): readonly T[] {
    return this.#pending;
  }
}
