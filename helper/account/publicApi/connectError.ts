/** A call was answered with an error of the Connect protocol (gitpod-wire §3.5). */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  /** `not_found`, `unauthenticated`, …; the HTTP status where there is none. */
  readonly code: string;
  /** How long the server wants to be left alone; undefined when it does not say. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Reads the object that describes an error; anything else is one without a description. */
  static of(value: unknown, retryAfterSeconds?: number): ConnectError {
    const { code, message }: { code?: unknown; message?: unknown } =
      typeof value === 'object' && value !== null ? value : {};
    return new ConnectError(
      typeof code === 'string' ? code : 'unknown',
      typeof message === 'string' ? message : 'error without a description',
      retryAfterSeconds,
    );
  }
}

/** The error that an HTTP answer other than 200 is. A body that is no error of Connect's leaves the status. */
export function connectErrorOf(status: number, retryAfter: string | undefined, body: string): ConnectError {
  const seconds = Number(retryAfter);
  const retryAfterSeconds = retryAfter !== undefined && Number.isFinite(seconds) ? Math.ceil(seconds) : undefined;
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'code' in value)
      return ConnectError.of(value, retryAfterSeconds);
  } catch {
    // not JSON: a page of somebody else's
  }
  return new ConnectError(codeOfStatus(status), `HTTP ${status}`, retryAfterSeconds);
}

function codeOfStatus(status: number): string {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'permission_denied';
    case 429:
      return 'resource_exhausted';
    default:
      return `http-${status}`;
  }
}
