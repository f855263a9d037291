import type { ControlPlane } from '../account/controlPlane.ts';
import type { Installation } from '../account/installation.ts';
import type { WorkspaceInstanceRecord, WorkspaceRecord } from '../account/records.ts';
import { retryAfterMs } from '../account/retryAfter.ts';
import { Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import { BackOff } from '../platform/backOff.ts';
import { pause } from '../platform/deadline.ts';
import { releaseMemory } from '../platform/releaseMemory.ts';
import { maxWorkspaces } from './readWorkspaces.ts';
import type { Workspace } from './workspace.ts';

/** Whether what is known of an installation is as it is now. */
export type InstallationLink =
  | { readonly live: true }
  | { readonly live: false; readonly staleSince: Date | undefined; readonly failure: Failure };

/** Who is told of an installation's workspaces. What has changed is looked up, so that many changes may become one. */
export interface LiveSubscriber {
  /** Everything may have changed. */
  onSnapshot(): void;
  onChanged(workspaceId: string): void;
  onRemoved(workspaceId: string): void;
  onLink(): void;
}

/** Deletions are not pushed. */
const rereadMs = 5 * 60_000;

/** A list this long leaves tens of megabytes behind that were needed to read it. */
const many = 1_000;
const releaseAfterMs = 2_000;

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/**
 * The workspaces of one installation, kept as they are while somebody is subscribed: read whole, changed by pushes, and
 * read again when pushes may have been missed. What is known is never dropped because the installation is away.
 */
export class LiveWorkspaces {
  readonly #installation: Installation;
  readonly #controlPlane: () => ControlPlane;
  readonly #workspaces = new Map<string, Workspace>();
  readonly #subscribers = new Set<LiveSubscriber>();
  /** Workspaces that a push has told of first, with what was pushed since: it may be newer than what is read. */
  readonly #beingRead = new Map<string, WorkspaceInstanceRecord | undefined>();
  #link: InstallationLink | undefined;
  #running: AbortController | undefined;
  #retryNow: (() => void) | undefined;

  /** @param controlPlane throws SIGN_IN_REQUIRED while there is no credential. */
  constructor(installation: Installation, controlPlane: () => ControlPlane) {
    this.#installation = installation;
    this.#controlPlane = controlPlane;
  }

  get installation(): Installation {
    return this.#installation;
  }

  /** Undefined before the first answer. */
  get link(): InstallationLink | undefined {
    return this.#link;
  }

  /** What is known, in no order. */
  get workspaces(): readonly Workspace[] {
    return [...this.#workspaces.values()];
  }

  get(workspaceId: string): Workspace | undefined {
    return this.#workspaces.get(workspaceId);
  }

  /** Keeps everything as it is now from here on; disposing ends that with the last subscriber. */
  subscribe(subscriber: LiveSubscriber): Disposable {
    this.#subscribers.add(subscriber);
    if (this.#running === undefined) {
      const running = new AbortController();
      this.#running = running;
      this.#run(running.signal).catch((error: unknown) => {
        if (!running.signal.aborted) log.error('workspaces.watch_ended', { error });
      });
    }
    return { [Symbol.dispose]: () => this.#unsubscribe(subscriber) };
  }

  /** There is another credential: an installation that refused the one before is asked again. */
  retryRefused(): void {
    const refused = this.#link?.live === false && this.#link.failure.code === 'SIGN_IN_REQUIRED';
    if (refused) this.#retryNow?.();
  }

  /** A workspace was deleted by us. */
  forget(workspaceId: string): void {
    if (this.#workspaces.delete(workspaceId)) this.#tell((subscriber) => subscriber.onRemoved(workspaceId));
  }

  #unsubscribe(subscriber: LiveSubscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    this.#running?.abort(failure('CANCELLED', {}));
    this.#running = undefined;
    this.#link = undefined;
    this.#workspaces.clear();
  }

  async #run(signal: AbortSignal): Promise<never> {
    const backOff = new BackOff(firstPauseMs, longestPauseMs);
    for (;;) {
      try {
        await this.#followUntilGap(signal, () => backOff.reset());
        this.#becomeStale(
          failure('HOST_UNREACHABLE', { host: this.#installation.host, problem: 'the connection is lost' }),
        );
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Failure)) throw error;
        this.#becomeStale(error);
      }
      const reason = this.#link?.live === false ? this.#link.failure : undefined;
      await this.#pause(Math.max(backOff.nextMs(), retryAfterMs(reason)), signal);
    }
  }

  /** @throws Failure when the workspaces cannot be read. */
  async #followUntilGap(signal: AbortSignal, onRead: () => void): Promise<void> {
    const controlPlane = this.#controlPlane();
    const gap = new AbortController();
    let pushed = new Map<string, WorkspaceInstanceRecord>();
    const change = (workspaceId: string, instance: WorkspaceInstanceRecord) =>
      this.#changeInstance(workspaceId, instance, controlPlane, signal);
    using _watching = controlPlane.watchWorkspaces({
      onInstance: (workspaceId, instance) => {
        pushed.set(workspaceId, instance);
        change(workspaceId, instance);
      },
      onGap: () => gap.abort(),
    });
    for (;;) {
      pushed = new Map();
      this.#replaceAll(await controlPlane.listWorkspaces(maxWorkspaces, signal));
      // A list takes a while to be made: what is pushed before it arrives may be newer than what is in it.
      for (const [workspaceId, instance] of pushed) change(workspaceId, instance);
      onRead();
      if (this.#workspaces.size > many) this.#releaseMemorySoon();
      await pause(rereadMs, AbortSignal.any([signal, gap.signal])).catch(() => undefined);
      signal.throwIfAborted();
      if (gap.signal.aborted) return;
    }
  }

  /** Once those who watch have taken it as well. */
  #releaseMemorySoon(): void {
    setTimeout(() => {
      releaseMemory().catch((error: unknown) => log.info('workspaces.memory_not_released', { error }));
    }, releaseAfterMs).unref();
  }

  #replaceAll(records: readonly WorkspaceRecord[]): void {
    const wasLive = this.#link?.live === true;
    const ids = new Set(records.map(({ id }) => id));
    const removed = [...this.#workspaces.keys()].filter((id) => !ids.has(id));
    const changed = records.filter((record) => !isSame(this.#workspaces.get(record.id), record));
    for (const id of removed) this.#workspaces.delete(id);
    for (const record of changed) this.#put(record);
    this.#link = { live: true };
    if (!wasLive) {
      this.#tell((subscriber) => subscriber.onLink());
      this.#tell((subscriber) => subscriber.onSnapshot());
      return;
    }
    for (const id of removed) this.#tell((subscriber) => subscriber.onRemoved(id));
    for (const { id } of changed) this.#tell((subscriber) => subscriber.onChanged(id));
  }

  #changeInstance(
    workspaceId: string,
    instance: WorkspaceInstanceRecord,
    controlPlane: ControlPlane,
    signal: AbortSignal,
  ): void {
    const isBeingRead = this.#beingRead.has(workspaceId);
    if (isBeingRead) this.#beingRead.set(workspaceId, instance);
    const known = this.#workspaces.get(workspaceId);
    if (known === undefined) {
      if (!isBeingRead) this.#readNew(workspaceId, controlPlane, signal);
      return;
    }
    if (isOlder(instance, known.instance)) return;
    this.#workspaces.set(workspaceId, { ...known, instance });
    this.#tell((subscriber) => subscriber.onChanged(workspaceId));
  }

  #readNew(workspaceId: string, controlPlane: ControlPlane, signal: AbortSignal): void {
    if (this.#link === undefined) return;
    this.#beingRead.set(workspaceId, undefined);
    controlPlane
      .getWorkspace(workspaceId, signal)
      .then((record) => {
        if (signal.aborted) return;
        this.#put(record);
        this.#tell((subscriber) => subscriber.onChanged(workspaceId));
        const pushed = this.#beingRead.get(workspaceId);
        if (pushed !== undefined) this.#changeInstance(workspaceId, pushed, controlPlane, signal);
      })
      .catch((error: unknown) => log.info('workspaces.new_one_not_read', { workspaceId, error }))
      .finally(() => this.#beingRead.delete(workspaceId));
  }

  #put(record: WorkspaceRecord): void {
    this.#workspaces.set(record.id, { ...record, installation: this.#installation });
  }

  #becomeStale(reason: Failure): void {
    const since = this.#link === undefined ? undefined : this.#link.live ? new Date() : this.#link.staleSince;
    this.#link = { live: false, staleSince: since, failure: reason };
    this.#tell((subscriber) => subscriber.onLink());
  }

  /** Pauses, but no longer than there is no other credential. @throws the signal's reason */
  async #pause(pauseMs: number, signal: AbortSignal): Promise<void> {
    const renewed = new AbortController();
    this.#retryNow = () => renewed.abort();
    await pause(pauseMs, AbortSignal.any([signal, renewed.signal])).catch(() => undefined);
    this.#retryNow = undefined;
    signal.throwIfAborted();
  }

  #tell(what: (subscriber: LiveSubscriber) => void): void {
    for (const subscriber of this.#subscribers) what(subscriber);
  }
}

function isSame(known: Workspace | undefined, record: WorkspaceRecord): boolean {
  if (known === undefined) return false;
  const { installation: _installation, ...rest } = known;
  return JSON.stringify(rest) === JSON.stringify(record);
}

/** A push about an instance that was replaced already. */
function isOlder(told: WorkspaceInstanceRecord, known: WorkspaceInstanceRecord | undefined): boolean {
  if (known === undefined || told.id === known.id) return false;
  return (told.createdAt?.getTime() ?? 0) < (known.createdAt?.getTime() ?? 0);
}
