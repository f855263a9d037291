import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';

/** An HTTP answer that is read as it comes. */
export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Ends, or throws, with the connection. */
  readonly body: AsyncIterable<Buffer>;
}

/**
 * Makes one HTTPS POST whose answer may never end. Redirects are answers like any other.
 *
 * @throws what the agent throws, Node's own error, or the signal's reason, which also ends the body.
 */
export async function openStream(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  agent: Agent,
  signal: AbortSignal,
): Promise<HttpStream> {
  const { request } = await import('node:https'); // at first use: the start is quicker without it
  const options: RequestOptions = { method: 'POST', agent, headers: { ...headers }, signal };
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(url, options, resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming };
}
