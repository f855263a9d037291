import type { Secret } from '../platform/secret.ts';

/** The API token of each installation, in memory only. */
export class Credentials {
  readonly #tokens = new Map<string, Secret>();

  /** Keeps `token` for the installation `host`, in place of an earlier one. */
  set(host: string, token: Secret): void {
    this.#tokens.set(host, token);
  }

  /** The token for `host`, or undefined when nobody is signed in there. */
  get(host: string): Secret | undefined {
    return this.#tokens.get(host);
  }

  /** The installations there is a token for, in the order they were added. */
  hosts(): readonly string[] {
    return [...this.#tokens.keys()];
  }
}
