import { failure } from '../failures.ts';
import { Secret } from '../platform/secret.ts';

const longestToken = 4096;

/**
 * A token as a person or front end gives it; blanks around it do not count. Anything that cannot stand in an HTTP header
 * is refused before it gets there.
 *
 * @throws Failure INVALID_ARGUMENT.
 */
export function parseToken(text: string): Secret {
  const token = text.trim();
  if (token === '') throw failure('INVALID_ARGUMENT', { argument: 'token', problem: 'it is empty' });
  if (token.length > longestToken) {
    throw failure('INVALID_ARGUMENT', { argument: 'token', problem: 'it is longer than any token is' });
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw failure('INVALID_ARGUMENT', { argument: 'token', problem: 'it has characters that no token has' });
  }
  return new Secret(token);
}
