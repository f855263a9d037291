import { failure } from '../failures.ts';

/** Stands in for a method of the contract that this helper does not serve. */
export function notImplemented(method: string): () => Promise<never> {
  return async () => {
    throw failure('NOT_IMPLEMENTED', { method });
  };
}
