import type { LookupAddress } from 'node:dns';
import { lookup as dnsLookup } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import {
  type HttpBytesResponse,
  type HttpOptions,
  type HttpResponse,
  type HttpStream,
  openAnswer,
  readAnswer,
} from './httpAnswer.ts';
import type { TlsInspection } from './inspectTls.ts';
import { isExempt } from './proxy/noProxy.ts';
import { openTunnel } from './proxy/openTunnel.ts';
import type { ProxyLogin, ProxyServer } from './proxy/proxy.ts';
import type { ProxySettings } from './proxy/proxySettings.ts';
import { overriddenAddress, type ResolveOverride } from './resolveOverride.ts';
import type { SecureAgent } from './secureAgent.ts';
import { trustedContext } from './trustedCertificates.ts';

/** How the helper reaches the world. */
export interface NetworkSettings {
  readonly resolve: readonly ResolveOverride[];
  /** Certificates to trust beside the system's, in PEM. */
  readonly additionalCaPem: readonly string[];
  /** Undefined for a direct connection. */
  readonly proxy?: ProxySettings | undefined;
  /** SSH's own port is reached by the proxy, too; otherwise it is dialled directly. */
  readonly sshThroughProxy?: boolean;
}

/** Everything the helper dials goes through one of these, so that proxy, overrides and trust hold everywhere. */
export class Network implements Disposable {
  readonly #settings: NetworkSettings;
  readonly #disposed = new AbortController();
  #agent: SecureAgent | undefined;
  #context: SecureContext | undefined;
  #proxyLogin: ProxyLogin | undefined;

  constructor(settings: NetworkSettings) {
    this.#settings = settings;
    this.#proxyLogin = loginOf(settings.proxy);
  }

  /** The proxy that leads to a host; undefined when it is dialled directly. SSH's port is only reached by one when asked. */
  proxyFor(hostname: string, port: number, purpose: 'https' | 'ssh'): ProxyServer | undefined {
    const { proxy: settings, sshThroughProxy } = this.#settings;
    if (settings === undefined || (purpose === 'ssh' && sshThroughProxy !== true)) return undefined;
    const host = hostname.replace(/^\[(.*)\]$/, '$1'); // a URL has brackets around an IPv6 address
    return isExempt(host, port, settings.noProxy) ? undefined : settings.proxy;
  }

  /** What to ask for when the proxy wants a login: the user whose password it is, '' when that is not known either. */
  get proxyLoginGap(): { readonly proxy: ProxyServer; readonly username: string } | undefined {
    const { proxy: settings } = this.#settings;
    if (settings === undefined || this.#proxyLogin !== undefined) return undefined;
    return { proxy: settings.proxy, username: settings.username };
  }

  /** Keeps what was answered for the proxy, in memory; undefined forgets it. */
  setProxyLogin(login: ProxyLogin | undefined): void {
    this.#proxyLogin = login;
  }

  /** Connects for HTTPS requests and WebSockets; made at first use, since reading the trusted certificates takes a while. */
  async agent(): Promise<SecureAgent> {
    const { SecureAgent } = await import('./secureAgent.ts'); // at first use: the start is quicker without it
    this.#agent ??= new SecureAgent({
      lookup: this.lookup,
      secureContext: this.#trusted(),
      tunnel: (hostname, port) => {
        const proxy = this.proxyFor(hostname, port, 'https');
        return proxy === undefined ? undefined : this.#tunnel(proxy, hostname, port, this.#disposed.signal);
      },
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
   * Opens a TCP connection to an SSH server, with Nagle's algorithm off.
   *
   * @throws ProxyError, Node's own error (`code` ECONNREFUSED, ENOTFOUND, …), or the signal's reason.
   */
  async dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
    const proxy = this.proxyFor(host, port, 'ssh');
    return proxy === undefined ? this.#dial(host, port, signal) : this.#tunnel(proxy, host, port, signal);
  }

  /**
   * Opens a connection to a host and closes it again, where a proxy leads to it.
   *
   * @throws ProxyError, or the signal's reason.
   */
  async tryProxy(host: string, port: number, signal: AbortSignal): Promise<void> {
    const proxy = this.proxyFor(host, port, 'https');
    if (proxy !== undefined) (await this.#tunnel(proxy, host, port, signal)).destroy();
  }

  /**
   * Looks at what a server shows when TLS with it begins, certificates that are refused included.
   *
   * @throws ProxyError, Node's own error, or the signal's reason.
   */
  async inspectTls(hostname: string, port: number, signal: AbortSignal): Promise<TlsInspection> {
    const { inspectTls } = await import('./inspectTls.ts'); // for diagnosis only
    const proxy = this.proxyFor(hostname, port, 'https');
    const dial = () =>
      proxy === undefined ? this.#dial(hostname, port, signal) : this.#tunnel(proxy, hostname, port, signal);
    return inspectTls(hostname, dial, this.#trusted(), signal);
  }

  /** An overridden address says where to dial, and so what to ask the proxy for; a name is left to the proxy. */
  #tunnel(proxy: ProxyServer, hostname: string, port: number, signal: AbortSignal): Promise<Socket> {
    const host = overriddenAddress(hostname, this.#settings.resolve) ?? hostname;
    const dial: typeof this.dial = (...address) => this.#dial(...address);
    const options = { proxy, login: this.#proxyLogin, dial, trusted: () => this.#trusted() };
    return openTunnel({ host, port }, options, signal);
  }

  #trusted(): SecureContext {
    this.#context ??= trustedContext(this.#settings.additionalCaPem);
    return this.#context;
  }

  async #dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
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
   * @throws ProxyError, Node's own error (`code` ECONNREFUSED, CERT_…, …), or the signal's reason.
   */
  async get(url: URL, options: HttpOptions): Promise<HttpResponse> {
    const { status, headers, body } = await readAnswer('GET', url, options, await this.agent());
    const { 'content-type': contentType = '', date = '' } = headers;
    return { status, contentType, date, body: body.toString('utf8') };
  }

  /** Makes one HTTPS POST, otherwise as {@link get}. */
  async post(url: URL, options: HttpOptions & { readonly body: Uint8Array }): Promise<HttpBytesResponse> {
    return readAnswer('POST', url, options, await this.agent(), options.body);
  }

  /** Makes one HTTPS POST whose answer may never end. @throws as {@link get} */
  async stream(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<HttpStream> {
    return openAnswer('POST', url, { headers, signal }, await this.agent(), body);
  }

  /** The network may be another one now: connections that are kept for later are closed. */
  forgetIdleConnections(): void {
    for (const sockets of Object.values(this.#agent?.freeSockets ?? {}))
      for (const socket of sockets ?? []) socket.destroy();
  }

  /** Closes idle connections. */
  [Symbol.dispose](): void {
    this.#disposed.abort(new DOMException('the network is closed', 'AbortError'));
    this.#agent?.destroy();
  }
}

function loginOf(settings: ProxySettings | undefined): ProxyLogin | undefined {
  if (settings?.password === undefined) return undefined;
  return { username: settings.username, password: settings.password };
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException('aborted', 'AbortError');
}
