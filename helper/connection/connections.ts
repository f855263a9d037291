import { randomUUID } from 'node:crypto';
import { Failure, failure } from '../failures.ts';
import { log } from '../log.ts';
import type { WorkspaceRef } from '../workspaces/workspace.ts';
import { type ConnectContext, type ConnectRequest, connectWorkspace } from './connectWorkspace.ts';
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

interface Entry {
  state: ConnectionState;
  readonly abort: AbortController;
  readonly done: Promise<void>;
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
   * Connects and stays until the connection is over.
   *
   * @param emit gets every event, with the connection's id.
   * @returns why it ended; undefined when it ended as asked, by {@link disconnect} or by the signal.
   */
  async connect(
    request: ConnectRequest,
    emit: (id: string, event: ConnectEvent) => void,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly failure: Failure | undefined }> {
    const id = randomUUID();
    const abort = new AbortController();
    const done = Promise.withResolvers<void>();
    const state: ConnectionState = { id, ref: request.ref, startedAt: new Date(), phase: 'RESOLVING' };
    this.#entries.set(id, { state, abort, done: done.promise });
    try {
      const ended = await connectWorkspace(
        request,
        this.#context,
        (event) => {
          this.#record(id, event);
          emit(id, event);
        },
        AbortSignal.any([signal, abort.signal]),
      );
      log.info('connection.ended', { id, code: ended.code, cause: ended.cause });
      return { id, failure: ended };
    } catch (error) {
      return { id, failure: this.#whyEnded(id, error, signal) };
    } finally {
      this.#entries.delete(id);
      done.resolve();
    }
  }

  /** The connections, oldest first. */
  list(): readonly ConnectionState[] {
    return [...this.#entries.values()].map(({ state }) => state);
  }

  /** Ends a connection and waits until its port is free. @throws Failure CONNECTION_NOT_FOUND. */
  async disconnect(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw failure('CONNECTION_NOT_FOUND', { connectionId: id });
    entry.abort.abort(disconnected);
    await entry.done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((id) => this.disconnect(id)));
  }

  #record(id: string, event: ConnectEvent): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (event.kind === 'phase') {
      entry.state = { ...entry.state, phase: event.phase };
      log.info('connection.phase', { id, phase: event.phase, detail: event.detail });
    }
    if (event.kind === 'ready') {
      entry.state = { ...entry.state, ready: event.ready };
      const { localPort, method, transport, elapsedMs } = event.ready;
      log.info('connection.ready', { id, localPort, method, transport, elapsedMs });
    }
  }

  #whyEnded(id: string, error: unknown, signal: AbortSignal): Failure | undefined {
    if (error === disconnected || signal.aborted) return undefined;
    if (error instanceof Failure) {
      log.info('connection.failed', { id, code: error.code, cause: error.cause });
      return error;
    }
    log.error('connection.internal', { id, error });
    return failure('INTERNAL', { id }, error);
  }
}
