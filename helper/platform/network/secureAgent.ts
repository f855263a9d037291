import { Agent, type RequestOptions } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import { notePresentedCertificate } from './presentedCertificate.ts';

export interface SecureAgentOptions {
  readonly lookup: LookupFunction;
  readonly secureContext: SecureContext;
  /** Opens a connection through the proxy; undefined for a host that is dialled directly. */
  readonly tunnel: (hostname: string, port: number) => Promise<Socket> | undefined;
}

/** Connects for HTTPS requests and WebSockets, directly or through a proxy, and keeps connections for later ones. */
export class SecureAgent extends Agent {
  readonly #tunnel: SecureAgentOptions['tunnel'];

  constructor({ lookup, secureContext, tunnel }: SecureAgentOptions) {
    super({ keepAlive: true, lookup, secureContext });
    this.#tunnel = tunnel;
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const opening = this.#tunnel(String(options.host), Number(options.port));
    if (opening === undefined) return this.#secure(options);
    const failed = callback as ((error: unknown) => void) | undefined; // Node's types want a stream beside an error
    opening.then(
      (socket) => {
        const secured = this.#secure({ ...options, socket } as RequestOptions); // which tls.connect takes
        if (secured) callback?.(null, secured);
      },
      (error: unknown) => failed?.(error),
    );
    return undefined;
  }

  #secure(options: RequestOptions): Duplex | null | undefined {
    const secured = super.createConnection(options);
    if (secured instanceof TLSSocket) notePresentedCertificate(secured);
    return secured;
  }
}
