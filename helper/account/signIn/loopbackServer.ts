import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { failure } from '../../failures.ts';
import { Deadline, raceSignal } from '../../platform/deadline.ts';
import { type Outcome, redirectPage } from './redirectPage.ts';

/** Takes the query of a redirect and says, when it is clear, how the sign-in stands. */
export type OnRedirect = (query: URLSearchParams) => Promise<Outcome>;

/** The ports that the installation redirects to (gitpod-wire §1.2). */
const firstPort = 63_110;
const lastPort = 63_119;

const requestTimeoutMs = 10_000;
const mostConnections = 32;

/** How long the end waits until the browser has its page. */
const lastPageTimeoutMs = 2_000;

/** Where the browser comes back to: an HTTP server on the first free port of 127.0.0.1:63110–63119 (RFC 8252 §7.3). */
export class LoopbackServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #answers = new Set<Promise<void>>();
  /** `http://127.0.0.1:<port>`, without path and slash, as the installation compares it. */
  readonly redirectUri: string;

  /** @throws Failure SIGN_IN_PORTS_TAKEN. */
  static async listen(host: string, onRedirect: OnRedirect): Promise<LoopbackServer> {
    const { createServer } = await import('node:http'); // at first use: the start is quicker without it
    for (let port = firstPort; port <= lastPort; port++) {
      const server = createServer({ requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs });
      server.maxConnections = mostConnections;
      if (await listenOn(server, port)) return new LoopbackServer(server, port, onRedirect);
    }
    throw failure('SIGN_IN_PORTS_TAKEN', { host, ports: `${firstPort} to ${lastPort}` });
  }

  private constructor(server: Server, port: number, onRedirect: OnRedirect) {
    this.#server = server;
    this.redirectUri = `http://127.0.0.1:${port}`;
    server.on('request', (request, response) => {
      const answer = this.#answer(request, response, onRedirect);
      this.#answers.add(answer);
      answer.finally(() => this.#answers.delete(answer));
    });
  }

  /** Closes it once the pages under way are out; the port is free then. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    using deadline = new Deadline('the last page', lastPageTimeoutMs);
    await raceSignal(Promise.all(this.#answers), deadline.signal).catch(() => undefined);
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, onRedirect: OnRedirect): Promise<void> {
    const url = URL.parse(request.url ?? '', this.redirectUri);
    // A page that a browser has under another name (DNS rebinding) sends that name.
    const isForUs = request.headers.host === new URL(this.redirectUri).host && url?.pathname === '/';
    if (!isForUs || request.method !== 'GET') {
      response.writeHead(404, { Connection: 'close' }).end();
      return;
    }
    const { status, html } = redirectPage(await onRedirect(url.searchParams));
    response.writeHead(status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'",
      'Referrer-Policy': 'no-referrer', // the address has the code in it
      'X-Content-Type-Options': 'nosniff',
      Connection: 'close',
    });
    response.end(html);
    await once(response, 'close');
  }
}

/** @returns false when the port is taken. */
function listenOn(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}
