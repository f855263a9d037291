import { failure } from '../failures.ts';
import { log } from '../log.ts';
import { pause, raceSignal } from '../platform/deadline.ts';
import type { Network } from '../platform/network/network.ts';
import type { Secret } from '../platform/secret.ts';
import { Account, type AccountSnapshot } from './account.ts';
import { askAboutAccount } from './askAboutAccount.ts';
import type { ControlPlane } from './controlPlane.ts';
import { type Installation, parseInstallation } from './installation.ts';
import { openControlPlane } from './openControlPlane.ts';
import { SharedSignIn } from './signIn/sharedSignIn.ts';
import { type SignInPage, signInThroughBrowser } from './signIn/signInThroughBrowser.ts';
import { tryToken } from './tryToken.ts';
import { untilReachable } from './untilReachable.ts';

/** A credential as it comes from outside. */
export interface GivenCredential {
  readonly host: string;
  readonly token: Secret;
}

/** A finished sign-in. */
export interface SignedIn {
  readonly account: AccountSnapshot;
  readonly token: Secret;
}

const shortestAskIntervalMs = 1_000;

interface Entry {
  readonly account: Account;
  readonly controlPlane: ControlPlane;
  /** Whether what the installation says about the account is being asked for. */
  isAsking: boolean;
  /** When it was asked for last, by `performance.now()`. */
  askedAtMs: number;
}

/** Installations, each with its account and one control plane connection that everything shares. */
export class Accounts implements AsyncDisposable {
  readonly #network: Network;
  readonly #entries = new Map<string, Entry>();
  readonly #watchers = new Set<() => void>();
  readonly #observers = new Set<() => void>();
  readonly #signIns = new Map<string, SharedSignIn<SignedIn>>();
  readonly #disposed = new AbortController();
  readonly #ended = Promise.withResolvers<void>();

  constructor(credentials: readonly GivenCredential[], network: Network) {
    this.#network = network;
    for (const { host, token } of credentials) this.#entryOf(parseInstallation(host)).account.setToken(token);
  }

  /** The installations there is a credential for. */
  installations(): readonly Installation[] {
    const signedIn = [...this.#entries.values()].filter(({ account }) => account.hasToken);
    return signedIn.map(({ account }) => account.installation);
  }

  /**
   * The control plane of an installation. Nothing is dialled before the first call.
   *
   * @throws Failure SIGN_IN_REQUIRED when there is no credential for it.
   */
  controlPlane({ host }: Installation): ControlPlane {
    const entry = this.#entries.get(host);
    if (entry?.account.hasToken === true) return entry.controlPlane;
    throw failure('SIGN_IN_REQUIRED', { host, why: 'there is no token for it' });
  }

  /** Calls `onChange` at each change of an account, without anybody being there who could sign in. Dispose it to stop. */
  observe(onChange: () => void): Disposable {
    const observer = () => onChange();
    this.#observers.add(observer);
    return { [Symbol.dispose]: () => void this.#observers.delete(observer) };
  }

  /** Each account there is, or was, a credential for, as it is now. */
  snapshots(): readonly AccountSnapshot[] {
    return [...this.#entries.values()].map(({ account }) => account.snapshot);
  }

  /**
   * Calls `onChange` at each change of an account, until these are disposed of. Credentials are tried at the start and
   * whenever a connection is lost. Who watches can sign in: calls that are refused wait for it.
   *
   * @throws the signal's reason.
   */
  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const watcher = () => onChange();
    this.#watchers.add(watcher);
    try {
      for (const entry of this.#entries.values()) this.#confirm(entry);
      await raceSignal(this.#ended.promise, signal);
    } finally {
      this.#watchers.delete(watcher);
      for (const { account } of this.#entries.values()) if (!this.#canSignIn(account)) account.stopWaiting();
    }
  }

  /**
   * Signs in through a browser. A sign-in to the same installation that is under way is joined: there is one page, and
   * everybody who waits gets its result.
   *
   * @throws Failure as {@link signInThroughBrowser} and {@link ControlPlane}, or the signal's reason.
   */
  signIn(installation: Installation, onPage: (page: SignInPage) => void, signal: AbortSignal): Promise<SignedIn> {
    const { host } = installation;
    const underWay = this.#signIns.get(host);
    if (underWay?.isCancelled === false) return underWay.join(onPage, signal);
    const signIn: SharedSignIn<SignedIn> = new SharedSignIn((show, cancelled) =>
      this.#signInOnce(installation, show, cancelled).finally(() => {
        if (this.#signIns.get(host) === signIn) this.#signIns.delete(host);
        this.#entries.get(host)?.account.stopWaiting(); // nobody waits on for one that was given up
      }),
    );
    this.#signIns.set(host, signIn);
    return signIn.join(onPage, signal);
  }

  /** Asks the installation about the account now. @throws Failure SIGN_IN_REQUIRED, USER_BLOCKED, HOST_…, … */
  async refresh(installation: Installation, signal: AbortSignal): Promise<AccountSnapshot> {
    const controlPlane = this.controlPlane(installation);
    const { account } = this.#entryOf(installation);
    const { token } = account;
    account.confirm(await askAboutAccount(controlPlane, signal), token);
    return account.snapshot;
  }

  /** Forgets the credential for an installation. */
  signOut({ host }: Installation): void {
    this.#entries.get(host)?.account.setToken(undefined);
  }

  /** Ends sign-ins and closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed.abort(failure('SHUTTING_DOWN', {}));
    this.#ended.resolve();
    for (const { account } of this.#entries.values()) account.stopWaiting();
    const signIns = [...this.#signIns.values()];
    for (const signIn of signIns) signIn.cancel();
    const controlPlanes = [...this.#entries.values()].map(({ controlPlane }) => controlPlane[Symbol.asyncDispose]());
    await Promise.all([...signIns.map(({ ended }) => ended), ...controlPlanes]);
    this.#entries.clear();
  }

  async #signInOnce(
    installation: Installation,
    onPage: (page: SignInPage) => void,
    signal: AbortSignal,
  ): Promise<SignedIn> {
    const token = await signInThroughBrowser(installation, this.#network, onPage, signal);
    const details = await tryToken(installation, token, this.#network, signal);
    const { account } = this.#entryOf(installation);
    account.setToken(token);
    account.confirm(details, token);
    return { account: account.snapshot, token };
  }

  #entryOf(installation: Installation): Entry {
    const known = this.#entries.get(installation.host);
    if (known !== undefined) return known;
    const account = new Account(installation, {
      canSignIn: () => this.#canSignIn(account),
      onChange: () => this.#tell(),
      onConnectionLost: () => this.#confirm(entry),
    });
    const entry: Entry = {
      account,
      controlPlane: openControlPlane(account, this.#network),
      isAsking: false,
      askedAtMs: Number.NEGATIVE_INFINITY,
    };
    this.#entries.set(installation.host, entry);
    return entry;
  }

  #canSignIn({ installation }: Account): boolean {
    return this.#watchers.size > 0 || this.#signIns.has(installation.host);
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
    for (const observer of this.#observers) observer();
  }

  /** Finds out, for those who watch, whether a credential works and whose it is. */
  #confirm(entry: Entry): void {
    const { signal } = this.#disposed;
    if (this.#watchers.size === 0 || entry.isAsking || !entry.account.hasToken || signal.aborted) return;
    entry.isAsking = true;
    // A server that closes each connection again is not asked more often for that.
    const waitMs = Math.max(0, entry.askedAtMs + shortestAskIntervalMs - performance.now());
    const attempt = async () => {
      entry.askedAtMs = performance.now();
      if (this.#watchers.size === 0 || !entry.account.hasToken) return;
      const { token } = entry.account;
      entry.account.confirm(await askAboutAccount(entry.controlPlane, signal), token);
    };
    pause(waitMs, signal)
      .then(() => untilReachable(attempt, signal))
      .catch((error) => log.info('account.not_confirmed', { error }))
      .finally(() => {
        entry.isAsking = false;
      });
  }
}
