import type { ServerResponse } from 'node:http';

/** A whole HTTP response; Content-Length and Date are added when it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export const html = { 'Content-Type': 'text/html; charset=utf-8' } as const;
export const plainText = { 'Content-Type': 'text/plain; charset=utf-8' } as const;
export const json = { 'Content-Type': 'application/json' } as const;

export function answer(
  status: number,
  body: string | Buffer = '',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, body, headers };
}

export function sendAnswer(response: ServerResponse, { status, body, headers }: Answer, clockOffsetMs = 0): void {
  // Without this, Node adds Connection and Keep-Alive, which the real proxy does not send.
  response.removeHeader('Connection');
  if (clockOffsetMs !== 0) response.setHeader('Date', new Date(Date.now() + clockOffsetMs).toUTCString());
  response.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
  response.end(body);
}
