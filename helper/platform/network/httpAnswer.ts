import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';

/** An HTTP answer, read whole. */
export interface HttpResponse {
  readonly status: number;
  readonly contentType: string;
  /** The server's clock as it told it; '' when it did not. */
  readonly date: string;
  readonly body: string;
}

/** An HTTP answer whose body is no text. */
export interface HttpBytesResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a request is made with. */
export interface HttpOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly maxBodyBytes: number;
}

/**
 * Makes one HTTPS request and reads the answer whole. Redirects are answers like any other.
 *
 * @throws what the agent throws, Node's own error, or the signal's reason.
 */
export async function readAnswer(
  method: 'GET' | 'POST',
  url: URL,
  options: HttpOptions,
  agent: Agent,
  requestBody?: Uint8Array,
): Promise<HttpBytesResponse> {
  const { request } = await import('node:https'); // at first use: the start is quicker without it
  const requestOptions: RequestOptions = { method, agent, headers: { ...options.headers }, signal: options.signal };
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(options.signal.aborted ? options.signal.reason : error);
    const outgoing = request(url, requestOptions, (incoming) => {
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > options.maxBodyBytes) incoming.destroy(new Error(`the answer of ${url.host} is too long`));
        else chunks.push(chunk);
      });
      incoming.once('error', fail);
      incoming.once('end', () => {
        const { statusCode = 0, headers } = incoming;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.once('error', fail);
    outgoing.end(requestBody);
  });
}
