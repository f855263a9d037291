import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { EmbeddedGitpod } from '../../../embedded-gitpod/embeddedGitpod.ts';

export interface HttpsResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as text. */
  readonly body: string;
  readonly bytes: Buffer;
}

/** One request over a connection of its own, the certificate checked against the embedded Gitpod's authority. */
export async function httpsGet(
  gitpod: EmbeddedGitpod,
  url: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly method?: string;
    readonly body?: Buffer;
  } = {},
): Promise<HttpsResponse> {
  const { hostname, host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: gitpod.httpsPort,
      servername: hostname,
      ca: readFileSync(gitpod.caFile),
      path: pathname + search,
      method: options.method ?? 'GET',
      headers: { host, ...options.headers },
      agent: false,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      buffer(incoming).then(
        (bytes) =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: bytes.toString('utf8'), bytes }),
        reject,
      );
    });
    outgoing.end(options.body);
  });
}
