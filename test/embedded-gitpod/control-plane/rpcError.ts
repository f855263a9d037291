/** Error codes of the control plane (gitpod-wire §2.3). */
export const ErrorCode = {
  BAD_REQUEST: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  TOO_MANY_REQUESTS: 429,
  CONTEXT_PARSE_ERROR: 460,
  INTERNAL_SERVER_ERROR: 500,
} as const;

/** An error that reaches the client as it is; any other becomes code 500 with its text. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The `error` member of a response. */
export function errorMember(error: unknown): {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
} {
  if (!(error instanceof RpcError)) return { code: ErrorCode.INTERNAL_SERVER_ERROR, message: String(error) };
  const { code, message, data } = error;
  return data === undefined ? { code, message } : { code, message, data };
}
