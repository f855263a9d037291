import type { LookupAddress } from 'node:dns';
import { lookup as dnsLookup } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { overriddenAddress, type ResolveOverride } from './resolveOverride.ts';
import { trustedContext } from './trustedCertificates.ts';

/** How the helper reaches the world. */
export interface NetworkSettings {
  readonly resolve: readonly ResolveOverride[];
  /** Certificates to trust beside the system's, in PEM. */
  readonly additionalCaPem: readonly string[];
}

/** An HTTP answer, read whole. */
export interface HttpResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** An HTTP answer whose body is no text. */
export interface HttpBytesResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface HttpOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly maxBodyBytes: number;
}

/** Everything the helper dials goes through one of these, so that overrides and trust hold everywhere. */
export class Network implements Disposable {
  readonly #settings: NetworkSettings;
  #agent: Agent | undefined;

  constructor(settings: NetworkSettings) {
    this.#settings = settings;
  }

  /** Connects for HTTPS requests and WebSockets; made at first use, since reading the trusted certificates takes a while. */
  async agent(): Promise<Agent> {
    const https = await import('node:https'); // at first use: the start is quicker without it
    this.#agent ??= new https.Agent({
      keepAlive: true,
      lookup: this.lookup,
      secureContext: trustedContext(this.#settings.additionalCaPem),
    });
    return this.#agent;
  }

  /** Resolves host names for anything of Node's that takes a `lookup`. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const address = overriddenAddress(hostname, this.#settings.resolve);
    if (address === undefined) {
      dnsLookup(hostname, options, callback);
      return;
    }
    const entry: LookupAddress = { address, family: isIP(address) };
    if (options.all === true) callback(null, [entry]);
    else callback(null, entry.address, entry.family);
  };

  /**
   * Opens a TCP connection with Nagle's algorithm off.
   *
   * @throws Node's own error (`code` ECONNREFUSED, ENOTFOUND, …), or the signal's reason.
   */
  async dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
    signal.throwIfAborted();
    const socket = connect({ host, port, lookup: this.lookup, noDelay: true, autoSelectFamily: true });
    const abort = () => socket.destroy(abortReason(signal));
    signal.addEventListener('abort', abort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      });
      socket.removeAllListeners('error');
      return socket;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Makes one HTTPS GET and reads the answer. Redirects are answers like any other: a request that carries a token must
   * not follow one.
   *
   * @param maxBodyBytes longer bodies are an error.
   * @throws Node's own error (`code` ECONNREFUSED, CERT_…, …), or the signal's reason.
   */
  async get(url: URL, options: HttpOptions): Promise<HttpResponse> {
    const { status, headers, body } = await this.#request('GET', url, options);
    return { status, contentType: headers['content-type'] ?? '', body: body.toString('utf8') };
  }

  /** Makes one HTTPS POST, otherwise as {@link get}. */
  post(url: URL, options: HttpOptions & { readonly body: Uint8Array }): Promise<HttpBytesResponse> {
    return this.#request('POST', url, options, options.body);
  }

  async #request(
    method: 'GET' | 'POST',
    url: URL,
    options: HttpOptions,
    requestBody?: Uint8Array,
  ): Promise<HttpBytesResponse> {
    const { request } = await import('node:https');
    const requestOptions: RequestOptions = {
      method,
      agent: await this.agent(),
      headers: { ...options.headers },
      signal: options.signal,
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, requestOptions, (incoming) => {
        const chunks: Buffer[] = [];
        let length = 0;
        incoming.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > options.maxBodyBytes) incoming.destroy(new Error(`the answer of ${url.host} is too long`));
          else chunks.push(chunk);
        });
        incoming.once('error', reject);
        incoming.once('end', () => {
          const { statusCode = 0, headers } = incoming;
          resolve({ status: statusCode, headers, body: Buffer.concat(chunks) });
        });
      });
      outgoing.once('error', reject);
      outgoing.end(requestBody);
    });
  }

  /** The network may be another one now: connections that are kept for later are closed. */
  forgetIdleConnections(): void {
    for (const sockets of Object.values(this.#agent?.freeSockets ?? {}))
      for (const socket of sockets ?? []) socket.destroy();
  }

  /** Closes idle connections. */
  [Symbol.dispose](): void {
    this.#agent?.destroy();
  }
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError');
}
