import type { IncomingMessage, ServerResponse } from 'node:http';

/** Codes of the Connect protocol with the HTTP statuses of these versions (gitpod-wire §3.5). */
const httpStatus = {
  invalid_argument: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  unimplemented: 404,
  already_exists: 409,
  failed_precondition: 412,
  resource_exhausted: 429,
  internal: 500,
} as const;

export type ConnectCode = keyof typeof httpStatus;

/** An error that reaches the client with its code. */
export class ConnectServiceError extends Error {
  override readonly name = 'ConnectServiceError';
  readonly code: ConnectCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ConnectCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

/** Any other error is one that the server does not explain. */
export function toServiceError(error: unknown): ConnectServiceError {
  return error instanceof ConnectServiceError
    ? error
    : new ConnectServiceError('internal', 'Oops! Something went wrong.');
}

/** Answers a unary call. @returns the status. */
export function sendMessage(response: ServerResponse, message: object): number {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(message));
  return 200;
}

/** @returns the status. */
export function sendError(response: ServerResponse, { code, message, headers }: ConnectServiceError): number {
  const status = httpStatus[code];
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json' }).end(JSON.stringify({ code, message }));
  return status;
}

/** One message of a stream: a byte of flags, the length in four bytes, then itself. */
export function envelope(message: object, isEnd = false): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(5);
  header.writeUInt8(isEnd ? 0x02 : 0, 0);
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

/** The request's message: a unary body as it is, that of a streaming call out of its envelope. */
export async function readRequest(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const isStream = request.headers['content-type']?.startsWith('application/connect+') === true;
  try {
    return JSON.parse((isStream ? body.subarray(5) : body).toString('utf8'));
  } catch {
    throw new ConnectServiceError('invalid_argument', 'the request is not JSON');
  }
}
