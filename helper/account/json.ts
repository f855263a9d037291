/** Outside data had another shape than the interface promises. */
export class UnexpectedShapeError extends Error {
  override readonly name = 'UnexpectedShapeError';

  constructor(path: string, wanted: string) {
    super(`${path} is not ${wanted}`);
  }
}

/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** `value` as an object. @throws UnexpectedShapeError */
export function asObject(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw new UnexpectedShapeError(path, 'an object');
  return value;
}

/** `value` as an array. @throws UnexpectedShapeError */
export function asArray(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new UnexpectedShapeError(path, 'an array');
  return value;
}

/** `value` as a string. @throws UnexpectedShapeError */
export function asString(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new UnexpectedShapeError(path, 'a string');
  return value;
}

/** A member that may be missing: the object at `key`, or an empty one. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** A member that may be missing: the string at `key`, or ''. */
export function stringAt(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

/** A member that may be missing: the time at `key` in ISO 8601, or undefined. */
export function dateAt(object: JsonObject, key: string): Date | undefined {
  const date = new Date(stringAt(object, key));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
