import { randomUUID } from 'node:crypto';
import { Failure, failure } from '../failures.ts';
import { log, withLogContext } from '../log.ts';
import { raceSignal } from '../platform/deadline.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { type ConnectContext, type ConnectRequest, connectWorkspace } from './connectWorkspace.ts';
import { EventHistory } from './eventHistory.ts';
import type { ConnectEvent, ConnectPhase, Ready } from './events.ts';

/** A connection as it stands. */
export interface ConnectionState {
  readonly id: string;
  readonly ref: WorkspaceRef;
  readonly startedAt: Date;
  readonly phase: ConnectPhase;
  /** Once bytes can flow. */
  readonly ready?: Ready;
}

/** Somebody who asked for a connection. */
interface Subscriber {
  readonly emit: (id: string, event: ConnectEvent) => void;
  /** False until what went before has been told. */
  isUpToDate: boolean;
}

interface Entry {
  readonly id: string;
  readonly request: ConnectRequest;
  readonly startedAt: Date;
  readonly history: EventHistory;
  readonly subscribers: Set<Subscriber>;
  readonly abort: AbortController;
  /** Why it ended; undefined when it ended as asked. Everything is released by then. */
  readonly ended: Promise<Failure | undefined>;
}

/** Ended because somebody asked for it; not a failure. */
const disconnected = Symbol('disconnected');

/** The connections there are. Disposing ends them all and waits until everything of theirs is released. */
export class Connections implements AsyncDisposable {
  readonly #context: ConnectContext;
  readonly #entries = new Map<string, Entry>();

  constructor(context: ConnectContext) {
    this.#context = context;
  }

  /**
   * Connects and stays until the connection is over. A connection that does already what is asked for is joined: its
   * events so far are told again, with a join link of its own. It ends when the last who asked for it has left.
   *
   * @param emit gets every event, with the connection's id.
   * @param signal leaves the connection.
   * @returns why it ended; undefined when it ended as asked, by {@link disconnect} or by the signal.
   */
  async connect(
    request: ConnectRequest,
    emit: Subscriber['emit'],
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly failure: Failure | undefined }> {
    const joined = [...this.#entries.values()].find((entry) => serves(entry, request));
    const subscriber: Subscriber = { emit, isUpToDate: joined === undefined };
    const entry = joined ?? this.#start(request);
    const { id } = entry;
    entry.subscribers.add(subscriber);
    try {
      if (joined !== undefined) await raceSignal(tellWhatWentBefore(joined, subscriber), signal);
      return { id, failure: await raceSignal(entry.ended, signal) };
    } catch (error) {
      if (!signal.aborted) throw error;
      await leave(entry, subscriber);
      return { id, failure: undefined };
    }
  }

  /** The connections, oldest first. */
  list(): readonly ConnectionState[] {
    return [...this.#entries.values()].map(({ id, request, startedAt, history }) => {
      const { phase, ready } = history;
      return { id, ref: request.ref, startedAt, phase, ...(ready === undefined ? {} : { ready }) };
    });
  }

  /** Ends a connection and waits until its port is free. @throws Failure CONNECTION_NOT_FOUND. */
  async disconnect(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw failure('CONNECTION_NOT_FOUND', { connectionId: id });
    entry.abort.abort(disconnected);
    await entry.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.disconnect(id)));
  }

  #start(request: ConnectRequest): Entry {
    const id = randomUUID();
    const history = new EventHistory();
    const subscribers = new Set<Subscriber>();
    const abort = new AbortController();
    const tell = (event: ConnectEvent) => {
      history.add(event);
      logEvent(event);
      for (const { emit, isUpToDate } of subscribers) if (isUpToDate) emit(id, event);
    };
    const ended = withLogContext({ connection: id }, () => this.#run(id, request, tell, abort.signal));
    const entry = { id, request, startedAt: new Date(), history, subscribers, abort, ended };
    this.#entries.set(id, entry);
    return entry;
  }

  async #run(
    id: string,
    request: ConnectRequest,
    tell: (event: ConnectEvent) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    await Promise.resolve(); // whoever asked subscribes before the first event
    try {
      const ended = await connectWorkspace(request, this.#context, tell, signal);
      log.info('connection.ended', { code: ended.code, cause: ended.cause });
      return ended;
    } catch (error) {
      return whyEnded(id, error);
    } finally {
      this.#entries.delete(id);
    }
  }
}

async function tellWhatWentBefore({ id, history, abort, subscribers }: Entry, subscriber: Subscriber): Promise<void> {
  await history.refreshJoinLink(abort.signal);
  if (!subscribers.has(subscriber)) return; // has left meanwhile
  for (const event of history.events()) subscriber.emit(id, event);
  subscriber.isUpToDate = true;
}

/** Whether a connection does what is asked for. */
function serves({ request: has, history, abort }: Entry, wanted: ConnectRequest): boolean {
  const { ready } = history;
  const sameWorkspace =
    has.ref.installation.host === wanted.ref.installation.host &&
    has.ref.workspaceId === wanted.ref.workspaceId &&
    has.ref.debug === wanted.ref.debug;
  const sameWay =
    has.backendPort === wanted.backendPort && has.method === wanted.method && has.useLocalApp === wanted.useLocalApp;
  const samePort = wanted.localPort === 0 || wanted.localPort === (ready?.localPort ?? has.localPort);
  const sameForwards = JSON.stringify(has.forwards) === JSON.stringify(wanted.forwards);
  const keepsActive = has.additionalHeartbeat || !wanted.additionalHeartbeat;
  const maySoStart = ready !== undefined || has.startIfStopped || !wanted.startIfStopped;
  const doesAsMuch = sameForwards && keepsActive && maySoStart;
  return !abort.signal.aborted && sameWorkspace && sameWay && samePort && doesAsMuch;
}

/** The last one who leaves ends the connection, and waits until its port is free. */
async function leave({ subscribers, abort, ended }: Entry, subscriber: Subscriber): Promise<void> {
  subscribers.delete(subscriber);
  if (subscribers.size > 0) return;
  abort.abort(disconnected);
  await ended;
}

function logEvent(event: ConnectEvent): void {
  if (event.kind === 'phase') log.info('connection.phase', { phase: event.phase, detail: event.detail });
  if (event.kind !== 'ready') return;
  const { localPort, method, transport, elapsedMs } = event.ready;
  log.info('connection.ready', { localPort, method, transport, elapsedMs });
}

function whyEnded(id: string, error: unknown): Failure | undefined {
  if (error === disconnected) return undefined;
  if (error instanceof Failure) {
    log.info('connection.failed', { code: error.code, cause: error.cause });
    return error;
  }
  log.error('connection.internal', { error });
  return failure('INTERNAL', { id }, error);
}
