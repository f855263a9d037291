import type { ControlPlane } from '../account/controlPlane.ts';
import type { Secret } from '../platform/secret.ts';

/** A workspace's owner token, fetched for one connection and kept in memory only. */
export class OwnerToken {
  readonly #fetch: () => Promise<Secret>;
  #current: Promise<Secret> | undefined;

  constructor(controlPlane: ControlPlane, workspaceId: string, signal: AbortSignal) {
    this.#fetch = () => controlPlane.getOwnerToken(workspaceId, signal);
  }

  /** The token; fetched at the first call, and again after a time when it could not be had. @throws Failure of ControlPlane.getOwnerToken. */
  get(): Promise<Secret> {
    return this.#current ?? this.#fetchAnew();
  }

  /** Whether a secret that somebody gave for another one is this token; false when that cannot be told. */
  async is(secret: Secret): Promise<boolean> {
    return this.get().then(
      (token) => token.reveal() === secret.reveal(),
      () => false,
    );
  }

  /**
   * Fetches the token anew after `refused` was: a workspace gets another one when it is started again.
   *
   * @returns undefined when it is still the same.
   */
  async replacementFor(refused: Secret): Promise<Secret | undefined> {
    const token = await this.#fetchAnew();
    return token.reveal() === refused.reveal() ? undefined : token;
  }

  #fetchAnew(): Promise<Secret> {
    const fetching = this.#fetch();
    this.#current = fetching;
    // Whoever needs it gets the rejection; nobody may need it.
    fetching.catch(() => {
      if (this.#current === fetching) this.#current = undefined;
    });
    return fetching;
  }
}
