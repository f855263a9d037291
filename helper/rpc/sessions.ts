import { randomBytes } from 'node:crypto';
import type { Metadata, ServiceDefinition, UntypedHandleCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { WireCore } from '../connection/core.ts';
import { type RpcService, rpcServices } from './services.ts';
import { Session } from './session.ts';

const sessionHeader = 'gitpod-helper-session';
const initializePath = '/gitpod.helper.v1.HelperService/Initialize';

/** More than people who debug ever open; the oldest is ended for a new one. */
const sessionLimit = 16;

interface OpenSession {
  readonly session: Session;
  readonly services: readonly RpcService[];
}

type Handler = (call: { readonly metadata: Metadata }, ...rest: readonly unknown[]) => unknown;

/**
 * The sessions of a listener: each Initialize without one opens another, whose id later calls carry in their metadata, so
 * that clients never share credentials. A call without a session is that of a client that was not initialized.
 */
export class Sessions implements AsyncDisposable {
  readonly #wireCore: WireCore;
  readonly #shutDown: () => void;
  readonly #open = new Map<string, OpenSession>();
  readonly #none: OpenSession;

  constructor(wireCore: WireCore, shutDown: () => void) {
    this.#wireCore = wireCore;
    this.#shutDown = shutDown;
    this.#none = this.#make('');
  }

  /** Every service of the contract, each call served by its own session. */
  services(): readonly RpcService[] {
    return this.#none.services.map(({ definition }, index) => ({
      definition,
      implementation: Object.fromEntries(
        Object.keys(definition).map((name) => [name, this.#dispatch(definition, index, name)]),
      ) as UntypedServiceImplementation,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ session }) => session[Symbol.asyncDispose]()));
  }

  #dispatch(definition: ServiceDefinition, index: number, name: string): UntypedHandleCall {
    const opens = definition[name]?.path === initializePath;
    const handle: Handler = (call, ...rest) => {
      const [id] = call.metadata.get(sessionHeader);
      const { services } = this.#open.get(String(id)) ?? (opens ? this.#begin() : this.#none);
      const handler = services[index]?.implementation[name] as Handler | undefined; // the same services in each session
      return handler?.(call, ...rest);
    };
    return handle as UntypedHandleCall;
  }

  #begin(): OpenSession {
    for (const [id, { session }] of this.#open) {
      if (this.#open.size < sessionLimit) break;
      this.#open.delete(id);
      void session[Symbol.asyncDispose]();
    }
    const id = randomBytes(16).toString('hex');
    const opened = this.#make(id);
    this.#open.set(id, opened);
    return opened;
  }

  #make(id: string): OpenSession {
    const session = new Session(this.#wireCore, id);
    return { session, services: rpcServices(session, this.#shutDown) };
  }
}
