import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';
import type { Readable } from 'node:stream';

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

/** An HTTP answer that is read as it comes. */
export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end, or destroyed: it holds the connection. */
  readonly body: Readable;
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
  const { status, headers, body } = await openAnswer(method, url, options, agent, requestBody);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > options.maxBodyBytes) throw new Error(`the answer of ${url.host} is too long`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw options.signal.aborted ? options.signal.reason : error;
  }
  return { status, headers, body: Buffer.concat(chunks) };
}

/**
 * Makes one HTTPS request whose answer may never end. Redirects are answers like any other.
 *
 * @throws as {@link readAnswer}; the body ends with an error when the signal aborts.
 */
export async function openAnswer(
  method: 'GET' | 'POST',
  url: URL,
  { headers: requestHeaders, signal }: Pick<HttpOptions, 'headers' | 'signal'>,
  agent: Agent,
  requestBody?: Uint8Array,
): Promise<HttpStream> {
  const { request } = await import('node:https'); // at first use: the start is quicker without it
  const requestOptions: RequestOptions = { method, agent, headers: { ...requestHeaders }, signal };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, requestOptions, (body) => {
      resolve({ status: body.statusCode ?? 0, headers: body.headers, body });
    });
    outgoing.once('error', (error) => reject(signal.aborted ? signal.reason : error));
    outgoing.end(requestBody);
  });
}
