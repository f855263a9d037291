/** An id is echoed as it came: LSP4J sends strings, the others numbers (gitpod-wire §2.2). */
export type JsonRpcId = string | number;

export type ClientMessage =
  | { readonly kind: 'request'; readonly id: JsonRpcId; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'notification'; readonly method: string }
  | { readonly kind: 'invalid' };

/** Reads one WebSocket message, text or binary. Anything but a request or a notification is `invalid`. */
export function parseClientMessage(text: string): ClientMessage {
  const message = parseJson(text);
  if (!isObject(message) || typeof message['method'] !== 'string') return { kind: 'invalid' };
  const { id, method, params } = message;
  if (id === undefined || id === null) return { kind: 'notification', method };
  if (typeof id !== 'string' && typeof id !== 'number') return { kind: 'invalid' };
  return { kind: 'request', id, method, args: toArguments(params) };
}

/** A successful response; a method without a result answers `null`. */
export function resultMessage(id: JsonRpcId, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: result ?? null });
}

export function errorMessage(id: JsonRpcId, error: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error });
}

/** A notification whose `params` is the bare object, not an array (gitpod-wire §2.2). */
export function notificationMessage(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

/** An array is spread, anything else is the only argument, `null` too; missing means none (gitpod-wire §2.2). */
function toArguments(params: unknown): readonly unknown[] {
  if (params === undefined) return [];
  return Array.isArray(params) ? params : [params];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
