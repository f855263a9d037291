import { Failure, failure } from '../failures.ts';
import { Deadline, raceSignal } from '../platform/deadline.ts';
import type { Secret } from '../platform/secret.ts';
import type { AccountDetails } from './askAboutAccount.ts';
import type { Installation } from './installation.ts';
import type { UserRecord } from './records.ts';

/** Whether an account's credential works; UNKNOWN until it was tried. */
export type AccountState = 'UNKNOWN' | 'SIGNED_OUT' | 'SIGNED_IN' | 'EXPIRED' | 'UNREACHABLE';

/** An account as it is at a moment. */
export interface AccountSnapshot {
  readonly installation: Installation;
  readonly state: AccountState;
  /** Absent until the installation has told. */
  readonly user: UserRecord | undefined;
  /** Of a token from a sign-in; installations do not tell those of a personal access token. */
  readonly scopes: readonly string[];
  /** Why the state is EXPIRED or UNREACHABLE. */
  readonly failure: Failure | undefined;
}

/** How long a call that was refused waits for somebody to sign in. */
const renewalTimeoutMs = 2 * 60_000;

/** Somebody who can sign in, and who is told of every change. */
export interface AccountOwner {
  /** Whether somebody is there who can sign in: only then is it waited for. */
  readonly canSignIn: () => boolean;
  readonly onChange: () => void;
  /** The connection is lost, or a call did not get through: nobody else may make the next one. */
  readonly onConnectionLost: () => void;
}

/** One account on one installation: its credential, in memory only, and whether that works. */
export class Account {
  readonly installation: Installation;
  readonly #owner: AccountOwner;
  readonly #tokenListeners = new Set<() => void>();
  #token: Secret | undefined;
  #state: AccountState = 'SIGNED_OUT';
  #failure: Failure | undefined;
  #details: AccountDetails | undefined;
  #renewal = Promise.withResolvers<boolean>();

  constructor(installation: Installation, owner: AccountOwner) {
    this.installation = installation;
    this.#owner = owner;
  }

  /** The credential. @throws Failure SIGN_IN_REQUIRED when there is none. */
  get token(): Secret {
    if (this.#token !== undefined) return this.#token;
    throw failure('SIGN_IN_REQUIRED', { host: this.installation.host, why: 'there is no token for it' });
  }

  get hasToken(): boolean {
    return this.#token !== undefined;
  }

  get snapshot(): AccountSnapshot {
    return {
      installation: this.installation,
      state: this.#state,
      user: this.#details?.user,
      scopes: this.#details?.scopes ?? [],
      failure: this.#failure,
    };
  }

  /** Calls `listener` whenever there is another token, or none any more. */
  onTokenChange(listener: () => void): Disposable {
    this.#tokenListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#tokenListeners.delete(listener) };
  }

  /** Puts a token in place of an earlier one: calls that wait for it go on. Undefined forgets the one there is. */
  setToken(token: Secret | undefined): void {
    this.#token = token;
    this.#details = undefined;
    for (const listener of this.#tokenListeners) listener();
    this.#enter(token === undefined ? 'SIGNED_OUT' : 'UNKNOWN', undefined);
    this.stopWaiting(token !== undefined);
  }

  /** Keeps what the installation has told about the account: its credential works. Of one that is gone it says nothing. */
  confirm(details: AccountDetails, used: Secret): void {
    if (used !== this.#token) return;
    this.#details = details;
    this.#state = 'SIGNED_IN';
    this.#failure = undefined;
    this.#owner.onChange();
  }

  /** The connection that was made with the credential is lost. */
  connectionLost(): void {
    this.#owner.onConnectionLost();
  }

  /** Lets the calls that wait for a sign-in go on: again when there is a new token, else with their failure. */
  stopWaiting(renewed = false): void {
    this.#renewal.resolve(renewed);
    this.#renewal = Promise.withResolvers();
  }

  /**
   * Makes a call with the credential and keeps what that says about it. A call that is refused waits for a sign-in, once,
   * when somebody is there to do it, and is then made again.
   *
   * @throws what the call throws.
   */
  async run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const used = this.#token;
    try {
      return await this.#judged(call, used);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'SIGN_IN_REQUIRED') throw error;
      if (!(await this.#renewed(used, signal))) throw error;
      return await this.#judged(call, this.#token);
    }
  }

  async #judged<T>(call: () => Promise<T>, used: Secret | undefined): Promise<T> {
    try {
      const result = await call();
      if (used === this.#token) this.#enter('SIGNED_IN', undefined);
      return result;
    } catch (error) {
      if (used === this.#token && error instanceof Failure) this.#judge(error);
      throw error;
    }
  }

  #judge(error: Failure): void {
    switch (error.code) {
      case 'SIGN_IN_REQUIRED':
      case 'USER_BLOCKED':
        if (this.#token !== undefined) this.#enter('EXPIRED', error);
        break;
      case 'HOST_NOT_FOUND':
      case 'HOST_UNREACHABLE':
      case 'NOT_AN_INSTALLATION':
      case 'TLS_UNTRUSTED':
      case 'PROXY_AUTH_REQUIRED':
      case 'PROXY_FAILED':
        this.#enter('UNREACHABLE', error);
        break;
      case 'INSTALLATION_ERROR':
      case 'PERMISSION_DENIED':
      case 'RATE_LIMITED':
        // It answers: only who it is remains untold.
        if (this.#state === 'UNKNOWN') this.#enter('UNREACHABLE', error);
        break;
      default: // says nothing about the credential
    }
  }

  /** @returns whether there is another token than the one that was refused. */
  async #renewed(refused: Secret | undefined, signal: AbortSignal): Promise<boolean> {
    if (this.#token !== refused) return this.#token !== undefined;
    if (!this.#owner.canSignIn()) return false;
    using deadline = new Deadline('the sign-in', renewalTimeoutMs, signal);
    return await raceSignal(this.#renewal.promise, deadline.signal).catch(() => {
      signal.throwIfAborted();
      return false;
    });
  }

  #enter(state: AccountState, reason: Failure | undefined): void {
    if (state === this.#state && reason?.code === this.#failure?.code) return;
    this.#state = state;
    this.#failure = reason;
    this.#owner.onChange();
    if (state === 'UNREACHABLE') this.#owner.onConnectionLost();
  }
}
